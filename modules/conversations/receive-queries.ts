import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import type { ThreadingRules } from './receive-threading.ts'
import type { ReceivingConversation } from './receive-types.ts'
import type { ConversationStatus } from './types.ts'

export interface SlotKey {
  tenantId: Id<'tenant'>
  contactId: Id<'contact'>
  slot: string
}

export async function loadThreadingRules(
  tx: SqlTx,
  tenantIds: readonly Id<'tenant'>[],
): Promise<(tenantId: Id<'tenant'>) => ThreadingRules> {
  const rows = await tx.sql<{ tenant_id: string; conversation_slot: 'all' | 'account'; reopen_window_hours: number }>(
    `select s.tenant_id, s.conversation_slot, s.reopen_window_hours
     from unnest($1::uuid[]) as w(tenant_id) join tenant_settings s on s.tenant_id = w.tenant_id`,
    [tenantIds.map(toUuid)],
    'load_threading_rules',
  )
  const rules = new Map(
    rows.map((row) => [row.tenant_id, { slot: row.conversation_slot, reopenWindowHours: row.reopen_window_hours }] as const),
  )
  return (tenantId) => rules.get(toUuid(tenantId)) ?? DEFAULT_RULES
}
const DEFAULT_RULES: ThreadingRules = { slot: 'all', reopenWindowHours: 72 }

interface Row {
  tenant_id: string
  id: string
  contact_id: string
  slot: string
  status: ConversationStatus
  assignee_id: string | null
  last_message_at: Date
  last_inbound_at: Date | null
  resolved_at: Date | null
  version: number
}
const COLUMNS =
  'c.tenant_id, c.id, c.contact_id, c.slot, c.status, c.assignee_id, c.last_message_at, c.last_inbound_at, c.resolved_at, c.version'

function receivingOf(row: Row): ReceivingConversation {
  return {
    tenantId: fromUuid('tenant', row.tenant_id),
    id: fromUuid('conversation', row.id),
    contactId: fromUuid('contact', row.contact_id),
    slot: row.slot,
    status: row.status,
    assigneeId: fromUuidOrNull('member', row.assignee_id),
    lastMessageAt: row.last_message_at,
    lastInboundAt: row.last_inbound_at,
    resolvedAt: row.resolved_at,
    version: row.version,
    outcome: 'found',
  }
}

/** Locks the one open conversation of each slot that has one. */
export async function lockOpen(tx: SqlTx, keys: readonly SlotKey[]): Promise<ReceivingConversation[]> {
  const rows = await tx.sql<Row>(
    `select ${COLUMNS} from unnest($1::uuid[], $2::uuid[], $3::text[]) as w(tenant_id, contact_id, slot)
     join conversations c on c.tenant_id = w.tenant_id and c.contact_id = w.contact_id and c.slot = w.slot
     where c.status <> 'resolved' order by c.id for no key update of c`,
    [keys.map((key) => toUuid(key.tenantId)), keys.map((key) => toUuid(key.contactId)), keys.map((key) => key.slot)],
    'lock_open_conversations',
  )
  return rows.map(receivingOf)
}

/** The newest conversation of each slot, leaving out those merged into another. */
export async function findLatest(
  tx: SqlTx,
  keys: readonly SlotKey[],
): Promise<{ key: SlotKey; tenantId: Id<'tenant'>; id: Id<'conversation'> }[]> {
  const rows = await tx.sql<{ n: number; id: string }>(
    `select w.n::int as n, c.id from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as w(tenant_id, contact_id, slot, n)
     cross join lateral (
       select c.id from conversations c
       where c.tenant_id = w.tenant_id and c.contact_id = w.contact_id and c.slot = w.slot and c.merged_into_id is null
       order by c.last_message_at desc limit 1
     ) as c`,
    [keys.map((key) => toUuid(key.tenantId)), keys.map((key) => toUuid(key.contactId)), keys.map((key) => key.slot)],
    'find_latest_conversations',
  )
  return rows.flatMap(({ n, id }) => {
    const key = keys[n - 1]
    return key ? [{ key, tenantId: key.tenantId, id: fromUuid('conversation', id) }] : []
  })
}

export async function lockByIds(
  tx: SqlTx,
  keys: readonly { tenantId: Id<'tenant'>; id: Id<'conversation'> }[],
): Promise<ReceivingConversation[]> {
  if (keys.length === 0) return []
  const distinct = [...new Map(keys.map((key) => [key.id, key])).values()]
  const rows = await tx.sql<Row>(
    `select ${COLUMNS} from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     join conversations c on c.tenant_id = w.tenant_id and c.id = w.id order by c.id for no key update of c`,
    [distinct.map((key) => toUuid(key.tenantId)), distinct.map((key) => toUuid(key.id))],
    'lock_conversations_by_id',
  )
  return rows.map(receivingOf)
}
