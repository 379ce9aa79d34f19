/**
 * Every table there is, once, with its class (docs/architecture.md, "Tables"): *directory* has no tenant wall, *tenant* stands
 * behind forced row-level security, *platform* holds ids and the bus. A test walks the database and this list, both ways.
 */
export type TableClass = 'directory' | 'tenant' | 'platform'

/** What a web process may do with a table; the default is everything for directory and tenant, nothing for platform. */
export type TablePrivilege = 'select' | 'insert' | 'update' | 'delete'

export interface TableEntry {
  class: TableClass
  web: readonly TablePrivilege[]
  /** Hash-partitioned by tenant_id, its partitions out of Prisma's sight. */
  isPartitioned: boolean
}

const ALL = ['select', 'insert', 'update', 'delete'] as const

const directory = (web: readonly TablePrivilege[] = ALL): TableEntry => ({ class: 'directory', web, isPartitioned: false })
const tenant = (): TableEntry => ({ class: 'tenant', web: ALL, isPartitioned: false })
const partitioned = (): TableEntry => ({ class: 'tenant', web: ALL, isPartitioned: true })
const platform = (web: readonly TablePrivilege[] = []): TableEntry => ({ class: 'platform', web, isPartitioned: false })

export const TABLES: Readonly<Record<string, TableEntry>> = {
  'public.tenants': directory(),
  'public.users': directory(),
  'public.sessions': directory(),
  'public.accounts': directory(),
  'public.verifications': directory(),
  'public.memberships': directory(),
  'public.channel_addresses': directory(),
  // Raw requests may speak of several tenants: operators and workers only.
  'public.webhooks': directory([]),

  'public.tenant_settings': tenant(),
  'public.members': tenant(),
  'public.roles': tenant(),
  'public.member_roles': tenant(),
  'public.channel_accounts': tenant(),
  'public.channel_credentials': tenant(),
  'public.provider_media': tenant(),
  'public.templates': tenant(),
  'public.contacts': tenant(),
  'public.contact_identities': tenant(),
  'public.contact_preferences': tenant(),
  'public.merge_suggestions': tenant(),
  'public.lines': tenant(),
  'public.line_identities': tenant(),
  'public.conversations': tenant(),
  'public.uploads': tenant(),
  'public.messages': partitioned(),
  'public.attachments': partitioned(),
  'public.message_reactions': partitioned(),
  'public.message_revisions': partitioned(),
  'public.deliveries': partitioned(),
  'public.attempts': partitioned(),
  'public.receipts': partitioned(),
  'public.external_refs': partitioned(),

  // The way out of a commit: a web process writes facts and timers of its tenant and reads that tenant's log.
  'bus.outbox': platform(['insert']),
  'bus.log': platform(['select']),
  'bus.log_heads': platform(['select']),
  'bus.log_shards': platform(),
  'bus.log_sequencers': platform(),
  'bus.log_cursors': platform(),
  'bus.timers': platform(ALL),
  // The bus on PostgreSQL: records carry customers' words.
  'bus.partitions': platform(),
  'bus.records': platform(),
  'bus.cursors': platform(),
  'bus.members': platform(),
  'bus.parked_keys': platform(),
  'bus.parked_messages': platform(),
  'bus.sender_leases': platform(),
  'bus.senders': platform(),
}
