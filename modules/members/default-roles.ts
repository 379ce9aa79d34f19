import { ANY_PERMISSION, type Grant } from '#platform/authority.ts'

/** A role as every new tenant gets it; from then on it is the tenant's own data. */
export interface DefaultRole {
  key: string
  name: string
  /** 1 to 10; nobody grants or edits above their own. */
  level: number
  grants: readonly Grant[]
}

const everywhere = (...permissions: string[]): Grant[] => permissions.map((permission) => ({ permission, reach: 'all' }))

export const DEFAULT_ROLES: readonly DefaultRole[] = [
  { key: 'admin', name: 'Admin', level: 9, grants: everywhere(ANY_PERMISSION) },
  {
    key: 'agent',
    name: 'Agent',
    level: 5,
    grants: everywhere(
      'conversations.view',
      'conversations.assign',
      'conversations.resolve',
      'conversations.reopen',
      'messages.send',
      'messages.send_template',
      'templates.view',
      'channels.view',
      'members.view',
    ),
  },
]
