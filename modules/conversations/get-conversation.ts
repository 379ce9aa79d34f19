import type { Id } from '#platform/ids.ts'
import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { ConversationListItem } from './types.ts'

export async function getConversation(
  scope: Scope,
  input: { conversationId: Id<'conversation'> },
): Promise<Result<ConversationListItem, 'not_found'>> {
  throw new Error('being written')
}
