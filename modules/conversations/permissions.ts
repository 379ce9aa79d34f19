import type { Permission } from '#platform/authority.ts'

export const conversationPermissions = [
  { key: 'conversations.view', name: 'See conversations', sentence: 'See conversations and read the messages in them.' },
  { key: 'conversations.assign', name: 'Assign conversations', sentence: 'Give a conversation to a member, or take it from one.' },
  { key: 'conversations.resolve', name: 'Resolve conversations', sentence: 'Mark a conversation as done.' },
  { key: 'conversations.reopen', name: 'Reopen conversations', sentence: 'Bring a resolved conversation back to the open ones.' },
] as const satisfies readonly Permission[]
