import { emit, eventOf } from '#platform/events.ts'
import { toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ConversationAssigned } from './events.ts'
import type { AssignConversation } from './inputs.ts'
import { changedConversation, lockConversation, nameOfActor, reachOf } from './lock-conversation.ts'
import type { ChangedConversation } from './types.ts'

/**
 * Gives a conversation to a member, or to nobody. Giving it to whom it already belongs changes nothing.
 * @returns `not_found`, `not_allowed`, or `assignee_unavailable`: no such member, or suspended
 */
export async function assignConversation(
  scope: Scope,
  input: AssignConversation,
): Promise<Result<ChangedConversation, 'not_found' | 'not_allowed' | 'assignee_unavailable'>> {
  return scope.transaction(async (tx) => {
    const locked = await lockConversation(tx, scope, input.conversationId, 'conversations.assign')
    if (!locked.ok) return locked
    const { id, assigneeId: before } = locked.value
    const { assigneeId } = input
    if (assigneeId === before) return ok(await changedConversation(tx, scope, id))

    const tenantId = toUuid(scope.tenantId)
    const member = assigneeId && (await tx.prisma.member.findUnique({ where: { tenantId_id: { tenantId, id: toUuid(assigneeId) } } }))
    if (assigneeId && member?.status !== 'active') return fail('assignee_unavailable')
    const { version } = await tx.prisma.conversation.update({
      where: { tenantId_id: { tenantId, id: toUuid(id) } },
      data: { assigneeId: assigneeId && toUuid(assigneeId), version: { increment: 1 } },
    })
    const changed = await changedConversation(tx, scope, id)
    const payload = { conversationId: id, assigneeId, by: nameOfActor(scope), version }
    const reach = { before: reachOf({ assigneeId: before }), after: reachOf({ assigneeId }) }
    await emit(tx, [eventOf(ConversationAssigned, scope.tenantId, payload, { reach })])
    return ok(changed)
  })
}
