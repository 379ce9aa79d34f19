import { z } from 'zod'
import { Problem } from '../problems.ts'
import {
  buttonReplyContent,
  callPermissionContent,
  contactsContent,
  editContent,
  flowReplyContent,
  listReplyContent,
  locationContent,
  type MediaParts,
  mediaContent,
  orderContent,
  quickReplyContent,
  reactionContent,
  revokeContent,
  systemContent,
  textContent,
  unsupportedContent,
} from './content.ts'
import { base64Hash, storeMedia } from './media.ts'
import type { Provider } from './provider.ts'
import { samplePicture } from './samples.ts'
import type { ProviderContent } from './types.ts'

const text = z.string().min(1).max(65_536)
const short = z.string().max(1_024)

/** A file of the customer: one stored before, bytes, or (neither given) a sample picture. */
const MediaInput = z.object({
  mediaId: z.string().regex(/^\d+$/).optional(),
  base64: z.base64().optional(),
  mimeType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w=.+-]+)*$/)
    .optional(),
  fileName: z.string().max(240).optional(),
  caption: short.optional(),
  voice: z.boolean().optional(),
  animated: z.boolean().optional(),
})

const media = <T extends string>(type: T) => z.object({ type: z.literal(type), media: MediaInput.prefault({}) })

const Card = z.object({
  name: z.record(z.string(), z.string()).optional(),
  phones: z.array(z.object({ phone: z.string().optional(), waId: z.string().optional(), type: z.string().optional() })).optional(),
  emails: z.array(z.object({ email: z.string().optional(), type: z.string().optional() })).optional(),
  organization: z.record(z.string(), z.string()).optional(),
})

/** What a customer sends, in plain words; `raw` passes anything on as it is. */
export const ContentInput = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text }),
  media('image'),
  media('video'),
  media('audio'),
  media('document'),
  media('sticker'),
  z.object({
    type: z.literal('location'),
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
    name: short.optional(),
    address: short.optional(),
    url: short.optional(),
  }),
  z.object({ type: z.literal('contacts'), contacts: z.array(Card).min(1).max(100) }),
  z.object({ type: z.literal('reaction'), messageId: z.string(), emoji: z.string().max(40).optional() }),
  z.object({ type: z.literal('button_reply'), id: short, title: short }),
  z.object({ type: z.literal('list_reply'), id: short, title: short, description: short.optional() }),
  z.object({ type: z.literal('quick_reply'), payload: short, text: short }),
  z.object({
    type: z.literal('flow_reply'),
    responseJson: z.string().max(65_536),
    body: short.default('Sent'),
    name: short.default('flow'),
  }),
  z.object({ type: z.literal('call_permission'), response: z.enum(['accept', 'reject']), isPermanent: z.boolean().optional() }),
  z.object({
    type: z.literal('order'),
    catalogId: short,
    text: short.optional(),
    products: z
      .array(
        z.object({
          productRetailerId: short,
          quantity: z.number().int().min(1),
          itemPrice: z.number().min(0),
          currency: z.string().length(3),
        }),
      )
      .min(1)
      .max(100),
  }),
  z.object({
    type: z.literal('system'),
    system: z.object({ type: z.string(), body: z.string().optional(), waId: z.string().optional(), userId: z.string().optional() }),
  }),
  z.object({ type: z.literal('edit'), messageId: z.string(), text }),
  z.object({ type: z.literal('revoke'), messageId: z.string() }),
  z.object({ type: z.literal('unsupported'), was: z.string().max(64).optional() }),
  z.object({ type: z.literal('raw'), content: z.looseObject({ type: z.string().min(1).max(64) }) }),
])
export type ContentInput = z.input<typeof ContentInput>

/** Words it as the provider does, storing bytes that came along. @throws Problem for a file or message that is not there */
export async function contentOf(provider: Provider, phoneNumberId: string, input: z.output<typeof ContentInput>): Promise<ProviderContent> {
  switch (input.type) {
    case 'text':
      return textContent(input.text)
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return mediaContent(input.type, await mediaParts(provider, phoneNumberId, input.media))
    case 'location':
      return locationContent(input)
    case 'contacts':
      return contactsContent(input.contacts)
    case 'reaction':
      return reactionContent(input.messageId, input.emoji)
    case 'button_reply':
      return buttonReplyContent(input)
    case 'list_reply':
      return listReplyContent(input)
    case 'quick_reply':
      return quickReplyContent(input)
    case 'flow_reply':
      return flowReplyContent(input)
    case 'call_permission':
      return callPermissionContent({ ...input, responseSource: 'user_action' })
    case 'order':
      return orderContent(input)
    case 'system':
      return systemContent(input.system)
    case 'edit':
      return editContent(input.messageId, editedContent(provider, input.messageId, input.text))
    case 'revoke':
      return revokeContent(input.messageId)
    case 'unsupported':
      return unsupportedContent(input.was)
    case 'raw':
      return input.content
  }
}

/** A text gets another body, a picture or file another caption; the rest stays as it was. */
function editedContent(provider: Provider, wamid: string, newText: string): ProviderContent {
  const before = provider.ledger.world.messages.get(wamid)?.content ?? textContent('')
  if (before.type === 'text') return textContent(newText)
  return { ...before, [before.type]: { ...(before[before.type] as object), caption: newText } }
}

async function mediaParts(provider: Provider, phoneNumberId: string, input: z.output<typeof MediaInput>): Promise<MediaParts> {
  const { caption, fileName, voice, animated } = input
  const stored =
    input.mediaId === undefined ? await storeBytes(provider, phoneNumberId, input) : provider.ledger.world.media.get(input.mediaId)
  if (!stored) throw new Problem(404, 'Not found', `There is no media ${input.mediaId}.`)
  return { id: stored.id, mimeType: stored.mimeType, sha256: base64Hash(stored), caption, fileName, voice, animated }
}

async function storeBytes(provider: Provider, phoneNumberId: string, input: z.output<typeof MediaInput>) {
  const given =
    input.base64 === undefined
      ? await samplePicture()
      : { bytes: Buffer.from(input.base64, 'base64'), mimeType: 'application/octet-stream' }
  return storeMedia(provider, {
    phoneNumberId,
    mimeType: input.mimeType ?? given.mimeType,
    fileName: input.fileName ?? null,
    bytes: given.bytes,
  })
}
