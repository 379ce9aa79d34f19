import type { Scope } from '#platform/scope.ts'
import type { ListConversations } from './inputs.ts'
import type { ConversationListItem, Page } from './types.ts'

export async function listConversations(scope: Scope, input: ListConversations): Promise<Page<ConversationListItem>> {
  throw new Error('being written')
}
