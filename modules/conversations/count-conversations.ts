import type { Scope } from '#platform/scope.ts'
import type { ConversationCounts } from './types.ts'

/** The open tab's counters. */
export async function countConversations(scope: Scope): Promise<ConversationCounts> {
  throw new Error('being written')
}
