import { z } from 'zod'
import { defineEvent } from '#platform/events.ts'
import { idOf } from '#platform/ids.ts'

const about = { conversationId: idOf('conversation'), messageId: idOf('message') }
const byConversation = (payload: { conversationId: string }) => payload.conversationId

/** A message arrived from a customer, or was written in the provider's own phone app (`direction: outbound`). */
export const MessageReceived = defineEvent(
  'message.received',
  z.object({
    ...about,
    direction: z.enum(['inbound', 'outbound']),
    sequence: z.number(),
    attachmentIds: z.array(idOf('attachment')),
    /** Older than what its conversation already showed: it reopens, reassigns and answers nothing by itself (I3). */
    late: z.boolean().optional(),
    version: z.number(),
  }),
  byConversation,
)
/** A member wrote a message; its delivery is queued in the same transaction. */
export const MessageCreated = defineEvent(
  'message.created',
  z.object({ ...about, sequence: z.number(), version: z.number() }),
  byConversation,
)
/** The bubble changed: edited, withdrawn, reacted to, a file stored or given up. */
export const MessageChanged = defineEvent(
  'message.changed',
  z.object({ ...about, changed: z.array(z.string()), version: z.number() }),
  byConversation,
)
