import type { Permission } from '#platform/authority.ts'

export const templatePermissions = [
  { key: 'templates.view', name: 'See templates', sentence: 'See the templates of a channel account.' },
  { key: 'templates.sync', name: 'Refresh templates', sentence: 'Fetch the templates anew from the provider.' },
] as const satisfies readonly Permission[]
