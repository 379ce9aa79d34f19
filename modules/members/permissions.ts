import type { Permission } from '#platform/authority.ts'

export const memberPermissions = [
  { key: 'members.view', name: 'See members', sentence: 'See who belongs to the workspace.' },
  { key: 'members.manage', name: 'Manage members', sentence: 'Add members to the workspace and give them roles.' },
] as const satisfies readonly Permission[]
