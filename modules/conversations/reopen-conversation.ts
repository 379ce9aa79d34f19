import type { Id } from '#platform/ids.ts'
import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { ChangedConversation } from './types.ts'

export async function reopenConversation(
  scope: Scope,
  input: { conversationId: Id<'conversation'> },
): Promise<Result<ChangedConversation, 'not_found' | 'not_allowed' | 'another_conversation_open'>> {
  throw new Error('being written')
}
