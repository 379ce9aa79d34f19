import { markLineRead } from '#modules/deliveries/index.ts'
import { emit, eventOf } from '#platform/events.ts'
import { toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ConversationChanged } from './events.ts'
import type { MarkConversationRead } from './inputs.ts'
import { changedConversation, lockConversation, reachOf } from './lock-conversation.ts'
import type { ChangedConversation } from './types.ts'

/**
 * The team has read the conversation up to what is on the reader's screen. Messages that came while they looked stay unread:
 * at most as many as there are sequences they have not seen. When nothing is left unread, the customer is shown so too, where
 * the channel can.
 * @returns `not_found` outside the actor's reach
 */
export async function markConversationRead(scope: Scope, input: MarkConversationRead): Promise<Result<ChangedConversation, 'not_found'>> {
  return scope.transaction(async (tx) => {
    const locked = await lockConversation(tx, scope, input.conversationId, 'conversations.view')
    if (!locked.ok) return fail('not_found')
    const { id, lineId, assigneeId, messageSequence, unreadCount: before } = locked.value
    const unseen = input.lastSequenceSeen === undefined ? 0 : Math.max(0, messageSequence - input.lastSequenceSeen)
    const unreadCount = Math.min(before, unseen)
    if (unreadCount === before) return ok(await changedConversation(tx, scope, id))

    const { version } = await tx.prisma.conversation.update({
      where: { tenantId_id: { tenantId: toUuid(scope.tenantId), id: toUuid(id) } },
      data: { unreadCount, version: { increment: 1 } },
    })
    const changed = await changedConversation(tx, scope, id)
    const reach = reachOf(locked.value)
    const payload = { conversationId: id, changed: ['unreadCount'], version }
    const { tenantId } = scope
    const seen = unreadCount === 0 && lineId ? await markLineRead(tx, { tenantId, conversationId: id, lineId, assigneeId }) : []
    await emit(tx, [eventOf(ConversationChanged, tenantId, payload, { reach: { before: reach, after: reach } }), ...seen])
    return ok(changed)
  })
}
