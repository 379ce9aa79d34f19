import { z } from 'zod'
import { TemplateValues } from '#modules/templates/index.ts'
import { cursorSchema } from '#platform/cursor.ts'
import { idOf } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'

/** Where a page of a thread ends: (provider time, sequence, message's uuid), all falling. */
export const MessagePosition = z.tuple([z.iso.datetime(), z.int(), z.uuid()])

export const ListMessages = z.object({
  conversationId: idOf('conversation'),
  cursor: cursorSchema(MessagePosition).optional(),
  limit: z.coerce.number().int().min(1).max(LIMITS.pageSizeMax).optional(),
})
export type ListMessages = z.infer<typeof ListMessages>

const Option = z.object({
  id: z.string().trim().min(1).max(256),
  title: z.string().trim().min(1).max(72),
  description: z.string().trim().max(72).optional(),
})
const interactive = {
  text: z.string().trim().min(1).max(LIMITS.captionChars),
  header: z.string().trim().min(1).max(60).optional(),
  footer: z.string().trim().min(1).max(60).optional(),
}

/** What a member sends. The channel's own limits are checked against its capabilities, not here. */
export const SendContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string().trim().min(1).max(LIMITS.replyChars) }),
  z.object({ kind: z.literal('media'), uploadId: idOf('upload'), caption: z.string().trim().min(1).max(LIMITS.captionChars).optional() }),
  TemplateValues.extend({ kind: z.literal('template'), templateId: idOf('template') }),
  z.object({
    kind: z.literal('location'),
    location: z.object({
      latitude: z.number().min(-90).max(90),
      longitude: z.number().min(-180).max(180),
      name: z.string().trim().max(LIMITS.nameChars).optional(),
      address: z.string().trim().max(LIMITS.captionChars).optional(),
    }),
  }),
  z.object({ kind: z.literal('reaction'), targetMessageId: idOf('message'), emoji: z.string().min(1).max(64).nullable() }),
  z.object({ kind: z.literal('interactive'), ...interactive, buttons: z.array(Option).min(1).max(10) }),
  z.object({
    kind: z.literal('list'),
    ...interactive,
    button: z.string().trim().min(1).max(20),
    sections: z
      .array(z.object({ title: z.string().trim().min(1).max(24).optional(), rows: z.array(Option).min(1).max(10) }))
      .min(1)
      .max(10),
  }),
])
export type SendContent = z.infer<typeof SendContent>

export const SendMessage = z.object({
  /** Made in the browser: the idempotency key, so an echo never makes a second bubble. */
  messageId: idOf('message'),
  conversationId: idOf('conversation'),
  /** The highest sequence on the sender's screen: a send is refused with what was missed since. */
  lastSequenceSeen: z.number().int().min(0),
  replyToMessageId: idOf('message').optional(),
  content: SendContent,
})
export type SendMessage = z.infer<typeof SendMessage>
