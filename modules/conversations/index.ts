export { assignConversation } from './assign-conversation.ts'
export { countConversations } from './count-conversations.ts'
export { ConversationAssigned, ConversationChanged, ConversationOpened, ConversationReopened, ConversationResolved } from './events.ts'
export { getConversation } from './get-conversation.ts'
export { AssignConversation, ListConversations, MarkConversationRead, ResolveConversation } from './inputs.ts'
export { listConversations } from './list-conversations.ts'
export { markConversationRead } from './mark-conversation-read.ts'
export { conversationPermissions } from './permissions.ts'
export { loadListItems } from './queries.ts'
export { reopenConversation } from './reopen-conversation.ts'
export { resolveConversation } from './resolve-conversation.ts'
export type {
  ChangedConversation,
  ConversationCounts,
  ConversationListItem,
  ConversationStatus,
  ConversationView,
  ListStatus,
  Page,
} from './types.ts'
