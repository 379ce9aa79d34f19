import { flags, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, fromUuidOrNull, type Id } from '#platform/ids.ts'
import { ConversationChanged, ConversationResolved } from './events.ts'

/** Two contacts that turned out to be one person. */
export interface MergedContacts {
  tenantId: Id<'tenant'>
  fromId: Id<'contact'>
  intoId: Id<'contact'>
}

/**
 * Brings the open conversations of merged contacts under their root, one for each slot: the younger points to the older, which
 * takes over its unread count and whatever of it is newer, and is resolved for good. Messages stay where they were written.
 * Runs under the contacts' locks, before conversations are opened; three queries, and none when nothing was merged.
 */
export async function mergeConversations(tx: SqlTx, merges: readonly MergedContacts[]): Promise<EmittedEvent[]> {
  if (merges.length === 0) return []
  const groups = groupBySlot(await lockOpenOf(tx, merges))
  const absorbed = groups.flatMap(({ kept, others }) => others.map((other) => ({ other, kept })))
  await absorb(tx, absorbed)
  await adopt(tx, groups)
  return groups.flatMap(({ kept, others }) => [...others.map(resolvedEvent), ...(others.length > 0 ? [changedEvent(kept, others)] : [])])
}

interface OpenRow {
  tenant_id: string
  id: string
  root_id: string
  slot: string
  assignee_id: string | null
  version: number
}

interface Group {
  /** The oldest: it is the one people know. */
  kept: OpenRow
  others: OpenRow[]
}

function lockOpenOf(tx: SqlTx, merges: readonly MergedContacts[]): Promise<OpenRow[]> {
  const contacts = new Map(merges.flatMap(({ tenantId, fromId, intoId }) => [fromId, intoId].map((id) => [id, { tenantId, id, intoId }])))
  const rows = [...contacts.values()]
  return tx.sql<OpenRow>(
    `select c.tenant_id, c.id, w.root_id, c.slot, c.assignee_id, c.version
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w(tenant_id, contact_id, root_id)
     join conversations c on c.tenant_id = w.tenant_id and c.contact_id = w.contact_id
     where c.status <> 'resolved' order by c.id for no key update of c`,
    [uuids(rows.map((row) => row.tenantId)), uuids(rows.map((row) => row.id)), uuids(rows.map((row) => row.intoId))],
    'lock_merging_conversations',
  )
}

/** Rows come oldest first, since ids begin with the time. */
function groupBySlot(rows: readonly OpenRow[]): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const key = `${row.root_id}|${row.slot}`
    const group = groups.get(key)
    if (group) group.others.push(row)
    else groups.set(key, { kept: row, others: [] })
  }
  return [...groups.values()]
}

/** The younger ones leave first: the unique index allows one open conversation under the root. */
async function absorb(tx: SqlTx, absorbed: readonly { other: OpenRow; kept: OpenRow }[]): Promise<void> {
  if (absorbed.length === 0) return
  await tx.sql(
    `update conversations c set status = 'resolved', resolved_at = coalesce(c.resolved_at, $4), merged_into_id = n.kept_id, version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as n(tenant_id, id, kept_id)
     where c.tenant_id = n.tenant_id and (c.id = n.id or c.merged_into_id = n.id)`,
    [
      uuids(absorbed.map(({ other }) => other.tenant_id)),
      uuids(absorbed.map(({ other }) => other.id)),
      uuids(absorbed.map(({ kept }) => kept.id)),
      tx.now,
    ],
    'absorb_conversations',
  )
}

/** The one that stays shows the maximum of all, and is open if any of them was. */
async function adopt(tx: SqlTx, groups: readonly Group[]): Promise<void> {
  const pairs = groups.flatMap(({ kept, others }) => [kept, ...others].map((row) => ({ kept, row })))
  if (pairs.length === 0) return
  await tx.sql(
    adoptSql,
    [
      uuids(pairs.map(({ kept }) => kept.tenant_id)),
      uuids(pairs.map(({ kept }) => kept.id)),
      uuids(pairs.map(({ kept }) => kept.root_id)),
      uuids(pairs.map(({ row }) => row.id)),
      flags(pairs.map(({ kept, row }) => kept === row)),
    ],
    'adopt_conversations',
  )
}

const adoptSql = `
  with family as (
    select n.kept_id, n.root_id, n.is_kept, c.* from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bool[])
      as n(tenant_id, kept_id, root_id, id, is_kept)
    join conversations c on c.tenant_id = n.tenant_id and c.id = n.id
  ), newest as (
    select distinct on (kept_id) * from family order by kept_id, last_message_at desc, is_kept desc
  ), inbound as (
    select distinct on (kept_id) kept_id, line_id, channel_account_id, channel
    from family where line_id is not null order by kept_id, last_inbound_at desc nulls last, is_kept desc
  ), sums as (
    select kept_id, count(*) > 1 as has_others, sum(unread_count)::int as unread_count, max(message_sequence) as message_sequence,
      max(last_inbound_at) as last_inbound_at, (array_agg(assignee_id order by is_kept desc, id) filter (where assignee_id is not null))[1] as assignee_id
    from family group by kept_id
  )
  update conversations c set contact_id = newest.root_id, unread_count = sums.unread_count, message_sequence = sums.message_sequence,
    last_inbound_at = sums.last_inbound_at, assignee_id = sums.assignee_id,
    status = case when sums.has_others then 'open' else c.status end,
    last_message_id = newest.last_message_id, last_message_at = newest.last_message_at, last_message_sequence = newest.last_message_sequence,
    last_message_preview = newest.last_message_preview, last_message_kind = newest.last_message_kind,
    last_message_direction = newest.last_message_direction,
    line_id = coalesce(inbound.line_id, c.line_id), channel_account_id = coalesce(inbound.channel_account_id, c.channel_account_id),
    channel = coalesce(inbound.channel, c.channel), version = c.version + 1
  from newest join sums on sums.kept_id = newest.kept_id left join inbound on inbound.kept_id = newest.kept_id
  where c.tenant_id = newest.tenant_id and c.id = newest.kept_id`

function resolvedEvent(row: OpenRow): EmittedEvent {
  const after = { assigneeId: fromUuidOrNull('member', row.assignee_id) }
  const payload = { conversationId: fromUuid('conversation', row.id), by: 'merge', version: row.version + 1 }
  return eventOf(ConversationResolved, fromUuid('tenant', row.tenant_id), payload, { reach: { before: after, after } })
}

/** Whoever was at work on one of them goes on with the whole. */
function changedEvent(kept: OpenRow, others: readonly OpenRow[]): EmittedEvent {
  const assignee = (row: OpenRow | undefined) => ({ assigneeId: fromUuidOrNull('member', row?.assignee_id ?? null) })
  const payload = { conversationId: fromUuid('conversation', kept.id), changed: ['merged', 'lastMessage'], version: kept.version + 1 }
  const reach = { before: assignee(kept), after: assignee([kept, ...others].find((row) => row.assignee_id !== null)) }
  return eventOf(ConversationChanged, fromUuid('tenant', kept.tenant_id), payload, { reach })
}
