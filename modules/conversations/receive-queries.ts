import { texts, uuids } from '#platform/db/arrays.ts'
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
    [uuids(tenantIds)],
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

/** A person on a channel account, before it is known how their tenant threads. */
export interface Asked {
  tenantId: Id<'tenant'>
  contactId: Id<'contact'>
  channelAccountId: Id<'channelAccount'>
}

export const askedKey = ({ contactId, channelAccountId }: Asked) => `${contactId}|${channelAccountId}`

/**
 * Locks the one open conversation of each person who has one, in the slot that the tenant's rules give.
 * @returns by `askedKey`; one conversation for several accounts is one object
 */
export async function lockOpen(tx: SqlTx, asked: readonly Asked[]): Promise<Map<string, ReceivingConversation>> {
  const rows = await tx.sql<Row & { account_id: string }>(
    `select w.account_id, ${COLUMNS} from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w(tenant_id, contact_id, account_id)
     left join tenant_settings s on s.tenant_id = w.tenant_id
     join conversations c on c.tenant_id = w.tenant_id and c.contact_id = w.contact_id
       and c.slot = case s.conversation_slot when 'account' then w.account_id::text else 'all' end
     where c.status <> 'resolved' order by c.id for no key update of c`,
    [
      uuids(asked.map((each) => each.tenantId)),
      uuids(asked.map((each) => each.contactId)),
      uuids(asked.map((each) => each.channelAccountId)),
    ],
    'lock_open_conversations',
  )
  const byId = new Map<string, ReceivingConversation>()
  return new Map(
    rows.map((row) => {
      const conversation = byId.get(row.id) ?? receivingOf(row)
      byId.set(row.id, conversation)
      return [askedKey({ ...conversation, channelAccountId: fromUuid('channelAccount', row.account_id) }), conversation]
    }),
  )
}

/** The newest resolved conversation of each slot, leaving out those merged into another. */
export async function findLatest(
  tx: SqlTx,
  keys: readonly SlotKey[],
): Promise<{ key: SlotKey; tenantId: Id<'tenant'>; id: Id<'conversation'> }[]> {
  const rows = await tx.sql<{ n: number; id: string }>(
    `select w.n::int as n, c.id from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as w(tenant_id, contact_id, slot, n)
     cross join lateral (
       select c.id from conversations c
       where c.tenant_id = w.tenant_id and c.contact_id = w.contact_id and c.slot = w.slot and c.status = 'resolved' and c.merged_into_id is null
       order by c.last_message_at desc limit 1
     ) as c`,
    [uuids(keys.map((key) => key.tenantId)), uuids(keys.map((key) => key.contactId)), texts(keys.map((key) => key.slot))],
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
    [uuids(distinct.map((key) => key.tenantId)), uuids(distinct.map((key) => key.id))],
    'lock_conversations_by_id',
  )
  return rows.map(receivingOf)
}
