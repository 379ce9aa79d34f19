import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { AssignConversation } from './inputs.ts'
import type { ChangedConversation } from './types.ts'

export async function assignConversation(
  scope: Scope,
  input: AssignConversation,
): Promise<Result<ChangedConversation, 'not_found' | 'not_allowed' | 'assignee_unavailable'>> {
  throw new Error('being written')
}
