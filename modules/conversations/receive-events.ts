import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { ConversationChanged, ConversationOpened, ConversationReopened } from './events.ts'
import type { ProjectedConversation } from './receive-project-messages.ts'
import type { ReceivingConversation } from './receive-types.ts'

/**
 * What arriving messages did to conversations beyond being in them, which their own events tell; the version is the row's after
 * everything.
 */
export function arrivalEvents(received: Iterable<ReceivingConversation>, projected: readonly ProjectedConversation[]): EmittedEvent[] {
  const byId = new Map(projected.map((conversation) => [conversation.id, conversation]))
  return [...received].flatMap(({ id, tenantId, contactId, outcome }) => {
    const row = byId.get(id)
    if (!row || outcome === 'found') return []
    const { assigneeId, version } = row
    const after = { assigneeId }
    if (outcome === 'opened') {
      return eventOf(ConversationOpened, tenantId, { conversationId: id, contactId, version }, { reach: { before: null, after } })
    }
    const reach = { before: after, after }
    if (outcome === 'reopened') return eventOf(ConversationReopened, tenantId, { conversationId: id, by: 'contact', version }, { reach })
    return eventOf(ConversationChanged, tenantId, { conversationId: id, changed: ['status', 'lastMessage'], version }, { reach })
  })
}
