import { type EmittedEvent, eventOf } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import { MessageChanged, MessageReceived } from './events.ts'
import type { PlacedMessage } from './receive-types.ts'

export interface StoredMessage {
  placed: PlacedMessage
  attachmentIds: readonly Id<'attachment'>[]
  /** Of its conversation: by what the event is visible, and whether it was there before. */
  assigneeId: Id<'member'> | null
  isFirst: boolean
  isLate: boolean
  /** History, or from somebody blocked: screens show it, and nobody is set to work by it (I9). */
  isQuiet: boolean
}

/**
 * What is told of messages that arrived. Screens take the conversation's row from it as well, so that a message in a conversation
 * which did not change otherwise is one event and not two.
 */
export function receivedEvents(messages: readonly StoredMessage[]): EmittedEvent[] {
  return messages.map((message) => {
    const { arrived, conversationId, sequence } = message.placed
    const { tenantId, messageId, direction } = arrived
    const after = { assigneeId: message.assigneeId }
    const reach = { before: message.isFirst ? null : after, after }
    if (message.isQuiet) return eventOf(MessageChanged, tenantId, { conversationId, messageId, changed: ['stored'], version: 1 }, { reach })
    const payload = { conversationId, messageId, direction, sequence, attachmentIds: [...message.attachmentIds], version: 1 }
    return eventOf(MessageReceived, tenantId, message.isLate ? { ...payload, late: true } : payload, { reach })
  })
}
