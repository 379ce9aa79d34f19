export { assignConversation } from './assign-conversation.ts'
export { countConversations } from './count-conversations.ts'
export { getConversation } from './get-conversation.ts'
export { AssignConversation, ListConversations, MarkConversationRead, ResolveConversation } from './inputs.ts'
export { listConversations } from './list-conversations.ts'
export { type LockedConversation, lockConversation } from './lock-conversation.ts'
export { markAnswered } from './mark-answered.ts'
export { markConversationRead } from './mark-conversation-read.ts'
export { conversationPermissions } from './permissions.ts'
export { loadListItems } from './queries.ts'
export { arrivalEvents } from './receive-events.ts'
export { mergeConversations } from './receive-merge.ts'
export { openConversations } from './receive-open-conversations.ts'
export { projectMessages } from './receive-project-messages.ts'
export { lockByIds as lockConversations } from './receive-queries.ts'
export { showRevised } from './receive-show-revised.ts'
export type { Arrival, ArrivalMode, Placed, ProjectedMessage } from './receive-types.ts'
export { reopenConversation } from './reopen-conversation.ts'
export { resolveConversation } from './resolve-conversation.ts'
export type {
  ConversationListItem,
  ConversationView,
  Page,
} from './types.ts'
