import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { ConversationChanged, ConversationOpened, ConversationReopened } from './events.ts'
import type { ProjectedConversation } from './receive-project-messages.ts'
import type { ReceivingConversation } from './receive-types.ts'

/** One event for each conversation that messages arrived in; the version is the row's after everything. */
export function arrivalEvents(received: readonly ReceivingConversation[], projected: readonly ProjectedConversation[]): EmittedEvent[] {
  const outcomeOf = new Map(received.map((conversation) => [conversation.id, conversation]))
  return projected.flatMap(({ tenantId, id, assigneeId, version }) => {
    const conversation = outcomeOf.get(id)
    if (!conversation) return []
    const after = { assigneeId }
    if (conversation.outcome === 'opened') {
      const payload = { conversationId: id, contactId: conversation.contactId, version }
      return eventOf(ConversationOpened, tenantId, payload, { reach: { before: null, after } })
    }
    const reach = { before: after, after }
    if (conversation.outcome === 'reopened')
      return eventOf(ConversationReopened, tenantId, { conversationId: id, by: 'contact', version }, { reach })
    const changed = conversation.outcome === 'woken' ? ['lastMessage', 'status'] : ['lastMessage']
    return eventOf(ConversationChanged, tenantId, { conversationId: id, changed, version }, { reach })
  })
}
