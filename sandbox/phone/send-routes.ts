import type { Context, Hono } from 'hono'
import { z } from 'zod'
import { customerOf, numberOf } from '../control/inbound.ts'
import { check, checkBody, Problem } from '../problems.ts'
import { mediaContent } from '../whatsapp/content.ts'
import { ContentInput, contentOf } from '../whatsapp/content-input.ts'
import { base64Hash, storeMedia } from '../whatsapp/media.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { receive } from '../whatsapp/receive.ts'
import { asPhotograph, type SampleFile, STICKERS, sampleDocument, samplePicture, sampleSticker, sampleVoice } from '../whatsapp/samples.ts'
import type { ProviderContent } from '../whatsapp/types.ts'

/** Meta passes on files of people up to this size, bytes. */
const FILE_BYTES = 100_000_000

const Chat = z.object({ customerId: z.string(), phoneNumberId: z.string(), replyTo: z.string().max(512).optional() })
const KINDS = ['auto', 'document', 'voice', 'sticker'] as const
type FileKind = (typeof KINDS)[number]

/** What a person sends from the phone. */
export function sendRoutes(app: Hono, provider: Provider): void {
  app.post('/messages', async (c) => {
    if (c.req.header('content-type')?.startsWith('application/x-www-form-urlencoded')) return sendPlainForm(provider, c)
    const { content, ...chat } = await checkBody(c, Chat.extend({ content: ContentInput }))
    return c.json({ id: await send(provider, chat, await contentOf(provider, chat.phoneNumberId, content)) }, 201)
  })
  app.post('/files', async (c) => {
    if (Number(c.req.header('content-length') ?? 0) > FILE_BYTES) throw new Problem(413, 'Too large', 'A file may be 100 MB.')
    const form = await c.req.parseBody()
    const { file, ...rest } = form
    if (!(file instanceof File) || file.size === 0) throw new Problem(422, 'The request is not valid', 'A file is missing.')
    const { as, caption, ...chat } = check(
      Chat.extend({ as: z.enum(KINDS).default('auto'), caption: z.string().max(1_024).optional() }),
      rest,
    )
    const bytes = new Uint8Array(await file.arrayBuffer())
    const given: SampleFile = { bytes, mimeType: file.type || 'application/octet-stream', fileName: file.name }
    return c.json({ id: await sendFile(provider, chat, given, as, caption) }, 201)
  })
  app.post('/samples', async (c) => {
    const { sample, ...chat } = await checkBody(c, Chat.extend({ sample: z.enum(['picture', 'voice', 'document', ...STICKERS]) }))
    if (sample === 'picture') return c.json({ id: await sendFile(provider, chat, await samplePicture(), 'auto') }, 201)
    if (sample === 'voice') return c.json({ id: await sendFile(provider, chat, await sampleVoice(), 'voice') }, 201)
    if (sample === 'document') return c.json({ id: await sendFile(provider, chat, sampleDocument(), 'document') }, 201)
    return c.json({ id: await sendFile(provider, chat, await sampleSticker(sample), 'sticker') }, 201)
  })
  app.get('/stickers/:name', async (c) => {
    const name = check(z.enum(STICKERS), c.req.param('name'))
    const { bytes, mimeType } = await sampleSticker(name)
    return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': mimeType, 'cache-control': 'max-age=86400' })
  })
}

/** The composer works before its script has loaded: an ordinary form, answered with the page again. */
async function sendPlainForm(provider: Provider, c: Context): Promise<Response> {
  const form = await c.req.parseBody()
  const { text, lang, ...chat } = check(Chat.extend({ text: z.string().trim().max(65_536), lang: z.string().max(5).optional() }), form)
  if (text !== '') await send(provider, chat, { type: 'text', text: { body: text } })
  const query = new URLSearchParams({ customer: chat.customerId, number: chat.phoneNumberId, ...(lang ? { lang } : {}) })
  return c.redirect(`../phone?${query}`, 303)
}

async function send(provider: Provider, chat: z.output<typeof Chat>, content: ProviderContent): Promise<string> {
  const number = numberOf(provider, chat.phoneNumberId)
  const customer = customerOf(provider, chat.customerId)
  const { wamids } = await receive(provider, [{ number, customer, content, replyTo: chat.replyTo }])
  return wamids[0] ?? ''
}

async function sendFile(
  provider: Provider,
  chat: z.output<typeof Chat>,
  given: SampleFile,
  as: FileKind,
  caption?: string,
): Promise<string> {
  const type = typeFor(given.mimeType, as)
  const file = type === 'image' ? { ...given, ...(await asPhotograph(given.bytes, given.mimeType)) } : given
  const media = await storeMedia(provider, {
    phoneNumberId: chat.phoneNumberId,
    mimeType: file.mimeType,
    fileName: file.fileName,
    bytes: file.bytes,
  })
  const content = mediaContent(type, {
    id: media.id,
    mimeType: media.mimeType,
    sha256: base64Hash(media),
    caption: caption || undefined,
    fileName: type === 'document' ? file.fileName : undefined,
    voice: type === 'audio' ? as === 'voice' : undefined,
    animated: type === 'sticker' ? false : undefined,
  })
  return send(provider, chat, content)
}

function typeFor(mimeType: string, as: FileKind): 'image' | 'video' | 'audio' | 'document' | 'sticker' {
  if (as === 'document' || as === 'sticker') return as
  if (as === 'voice') return 'audio'
  const [family] = mimeType.split('/')
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'document'
}
