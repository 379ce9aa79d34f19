import { type EmittedEvent, eventOf } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import { MessageChanged, MessageReceived } from './events.ts'
import type { PlacedMessage } from './receive-types.ts'

export interface StoredMessage extends PlacedMessage {
  /** Of its conversation: by what the event is visible. */
  assigneeId: Id<'member'> | null
  attachmentIds: readonly Id<'attachment'>[]
  isLate: boolean
  /** History, or from somebody blocked: screens show it, and nobody is set to work by it (I9). */
  isQuiet: boolean
}

/** What is told of messages that arrived, in the order of their sequences. */
export function receivedEvents(messages: readonly StoredMessage[]): EmittedEvent[] {
  return messages.map((message) => {
    const { tenantId, conversationId, messageId, direction, sequence, attachmentIds, assigneeId } = message
    const reach = { before: null, after: { assigneeId } }
    if (message.isQuiet) return eventOf(MessageChanged, tenantId, { conversationId, messageId, changed: ['stored'], version: 1 }, { reach })
    const late = message.isLate ? { late: true } : {}
    const payload = { conversationId, messageId, direction, sequence, attachmentIds: [...attachmentIds], version: 1, ...late }
    return eventOf(MessageReceived, tenantId, payload, { reach })
  })
}
