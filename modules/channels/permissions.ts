import type { Permission } from '#platform/authority.ts'

export const channelPermissions = [
  { key: 'channels.view', name: 'See channels', sentence: 'See which numbers and pages are connected and how they are doing.' },
  { key: 'channels.manage', name: 'Manage channels', sentence: 'Connect, pause and reconnect numbers and pages.' },
] as const satisfies readonly Permission[]
