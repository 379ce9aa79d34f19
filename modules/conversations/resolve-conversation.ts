import { emit, eventOf } from '#platform/events.ts'
import { toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ConversationResolved } from './events.ts'
import type { ResolveConversation } from './inputs.ts'
import { changedConversation, lockConversation, nameOfActor, reachOf } from './lock-conversation.ts'
import type { ChangedConversation } from './types.ts'

/**
 * Marks a conversation as done, and everything in it as read. Resolving a resolved one changes nothing.
 * @returns `not_found`, `not_allowed`, or `missed_messages`: the customer wrote something the actor has not seen, and would
 *   wait for ever in a conversation nobody looks at
 */
export async function resolveConversation(
  scope: Scope,
  input: ResolveConversation,
): Promise<Result<ChangedConversation, 'not_found' | 'not_allowed' | 'missed_messages'>> {
  return scope.transaction(async (tx) => {
    const locked = await lockConversation(tx, scope, input.conversationId, 'conversations.resolve')
    if (!locked.ok) return locked
    const { id, status, unreadCount, messageSequence } = locked.value
    if (status === 'resolved') return ok(await changedConversation(tx, scope, id))
    const isUpToDate = input.lastSequenceSeen === undefined || input.lastSequenceSeen >= messageSequence
    if (!isUpToDate && unreadCount > 0) return fail('missed_messages')

    const { version } = await tx.prisma.conversation.update({
      where: { tenantId_id: { tenantId: toUuid(scope.tenantId), id: toUuid(id) } },
      data: { status: 'resolved', resolvedAt: tx.now, unreadCount: 0, version: { increment: 1 } },
    })
    const changed = await changedConversation(tx, scope, id)
    const reach = reachOf(locked.value)
    const payload = { conversationId: id, by: nameOfActor(scope), version }
    await emit(tx, [eventOf(ConversationResolved, scope.tenantId, payload, { reach: { before: reach, after: reach } })])
    return ok(changed)
  })
}
