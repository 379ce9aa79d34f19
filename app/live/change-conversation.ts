import type { ChangedConversation } from '#modules/conversations/types.ts'
import type { Id } from '#platform/ids.ts'
import { ask, type Refusal } from './ask.ts'
import type { Intent } from './conversation-rows.ts'
import type { LiveStore } from './store.ts'

export type Change = { verb: 'assign'; assignee: NonNullable<Intent['assignee']> | null } | { verb: 'resolve' } | { verb: 'reopen' }

/**
 * Changes a conversation: on the screen at once, and back again when the server says no.
 * @returns why not; null when it happened
 */
export async function changeConversation(store: LiveStore, id: Id<'conversation'>, change: Change): Promise<Refusal | null> {
  store.intend(id, intentOf(change))
  const body = change.verb === 'assign' ? { assigneeId: change.assignee?.id ?? null } : {}
  const answer = await ask<ChangedConversation>(`/conversations/${id}/${change.verb}`, { method: 'POST', body })
  if (answer.ok && answer.value.row === null) store.remove(id)
  else if (answer.ok) store.take({ conversation: answer.value.row })
  store.withdraw(id)
  return answer.ok ? null : answer
}

function intentOf(change: Change): Intent {
  if (change.verb === 'assign') return { assignee: change.assignee }
  return { status: change.verb === 'resolve' ? 'resolved' : 'open' }
}
