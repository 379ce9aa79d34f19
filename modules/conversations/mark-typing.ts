import { showTyping } from '#modules/deliveries/index.ts'
import { emit } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { lockConversation } from './lock-conversation.ts'

/**
 * Somebody is writing an answer: the customer is shown so, where the channel can. Nothing is stored, and nothing happens on a
 * conversation that is resolved or has no line.
 * @returns `not_found` outside the actor's reach, `not_allowed` when they may not answer there
 */
export async function markTyping(
  scope: Scope,
  input: { conversationId: Id<'conversation'> },
): Promise<Result<true, 'not_found' | 'not_allowed'>> {
  return scope.transaction(async (tx) => {
    const locked = await lockConversation(tx, scope, input.conversationId, 'messages.send')
    if (!locked.ok) return fail(locked.code)
    const { id, lineId, assigneeId, status } = locked.value
    if (lineId === null || status === 'resolved') return ok(true)
    await emit(tx, await showTyping(tx, { tenantId: scope.tenantId, conversationId: id, lineId, assigneeId }))
    return ok(true)
  })
}
