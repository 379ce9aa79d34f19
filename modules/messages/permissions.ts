import type { Permission } from '#platform/authority.ts'

export const messagePermissions = [
  { key: 'messages.send', name: 'Send messages', sentence: 'Answer in a conversation, with text, files or a reaction.' },
  { key: 'messages.send_template', name: 'Send templates', sentence: 'Send an approved template, also when the reply window is closed.' },
] as const satisfies readonly Permission[]
