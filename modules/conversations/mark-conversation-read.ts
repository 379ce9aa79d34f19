import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { MarkConversationRead } from './inputs.ts'
import type { ChangedConversation } from './types.ts'

export async function markConversationRead(scope: Scope, input: MarkConversationRead): Promise<Result<ChangedConversation, 'not_found'>> {
  throw new Error('being written')
}
