import { flags, numbers, texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import type { ProjectedMessage } from './receive-types.ts'
import type { ConversationStatus } from './types.ts'

export interface Projection {
  /** Of each message in its conversation: dense, in the order the conversation's lock was held. */
  sequenceOf: ReadonlyMap<Id<'message'>, number>
  conversations: readonly ProjectedConversation[]
}

export interface ProjectedConversation {
  tenantId: Id<'tenant'>
  id: Id<'conversation'>
  status: ConversationStatus
  assigneeId: Id<'member'> | null
  version: number
}

/**
 * Gives messages their sequence and lets their conversations show them. Everything shown is a maximum by (provider time,
 * sequence), so the order of processing does not matter (I3): a late message gets its place in the thread and changes nothing else
 * but the unread count. One query. Snoozed and pending conversations in `wake` become open.
 * @param messages in the order of arrival, which breaks ties of the provider's coarse time
 */
export async function projectMessages(
  tx: SqlTx,
  messages: readonly ProjectedMessage[],
  wake: ReadonlySet<Id<'conversation'>> = new Set(),
): Promise<Projection> {
  if (messages.length === 0) return { sequenceOf: new Map(), conversations: [] }
  const groups = groupByConversation(messages)
  const rows = await tx.sql<ProjectedRow>(projectSql, columnsOf(groups, wake), 'project_messages')
  const byId = new Map(rows.map((row) => [row.id, row]))
  const sequenceOf = new Map<Id<'message'>, number>()
  for (const group of groups) {
    const row = byId.get(toUuid(group.newest.conversationId))
    if (!row) throw new Error(`messages were projected onto a conversation that does not exist: ${group.newest.conversationId}`)
    group.messages.forEach((message, n) => {
      sequenceOf.set(message.messageId, row.message_sequence - group.messages.length + n + 1)
    })
  }
  return { sequenceOf, conversations: rows.map(projectedOf) }
}

interface Group {
  /** By provider time, then arrival: the order of their sequences. */
  messages: ProjectedMessage[]
  newest: ProjectedMessage
  newestInbound: ProjectedMessage | null
  unread: number
}

function groupByConversation(messages: readonly ProjectedMessage[]): Group[] {
  const byConversation = new Map<string, ProjectedMessage[]>()
  for (const message of messages) {
    const group = byConversation.get(message.conversationId)
    if (group) group.push(message)
    else byConversation.set(message.conversationId, [message])
  }
  return [...byConversation.values()].flatMap((group) => {
    group.sort((a, b) => a.at.getTime() - b.at.getTime())
    const newest = group.at(-1)
    if (!newest) return []
    const newestInbound = group.findLast((message) => message.direction === 'inbound') ?? null
    return [{ messages: group, newest, newestInbound, unread: group.filter((message) => message.isUnread).length }]
  })
}

function columnsOf(groups: readonly Group[], wake: ReadonlySet<Id<'conversation'>>): unknown[] {
  const place = groups.map((group) => group.newestInbound ?? group.newest)
  return [
    uuids(groups.map(({ newest }) => newest.tenantId)),
    uuids(groups.map(({ newest }) => newest.conversationId)),
    numbers(groups.map((group) => group.messages.length)),
    numbers(groups.map((group) => group.unread)),
    times(groups.map(({ newest }) => newest.at)),
    uuids(groups.map(({ newest }) => newest.messageId)),
    texts(groups.map(({ newest }) => newest.preview)),
    texts(groups.map(({ newest }) => newest.kind)),
    texts(groups.map(({ newest }) => newest.direction)),
    times(groups.map(({ newestInbound }) => newestInbound?.at ?? null)),
    uuids(place.map((message) => message.lineId)),
    uuids(place.map((message) => message.channelAccountId)),
    texts(place.map((message) => message.channel)),
    flags(groups.map(({ newest }) => wake.has(newest.conversationId))),
  ]
}

/** A reply goes to the line of the newest inbound message; one that nobody wrote to yet has the line we wrote on. */
const projectSql = `
  update conversations c set
    message_sequence = c.message_sequence + n.count,
    unread_count = c.unread_count + n.unread,
    last_message_at = greatest(c.last_message_at, n.at),
    last_message_id = case when n.at >= c.last_message_at then n.message_id else c.last_message_id end,
    last_message_sequence = case when n.at >= c.last_message_at then c.message_sequence + n.count else c.last_message_sequence end,
    last_message_preview = case when n.at >= c.last_message_at then n.preview else c.last_message_preview end,
    last_message_kind = case when n.at >= c.last_message_at then n.kind else c.last_message_kind end,
    last_message_direction = case when n.at >= c.last_message_at then n.direction else c.last_message_direction end,
    last_inbound_at = greatest(c.last_inbound_at, n.inbound_at),
    line_id = case when c.line_id is null or n.inbound_at >= coalesce(c.last_inbound_at, '-infinity') then n.line_id else c.line_id end,
    channel_account_id = case when c.line_id is null or n.inbound_at >= coalesce(c.last_inbound_at, '-infinity') then n.channel_account_id else c.channel_account_id end,
    channel = case when c.line_id is null or n.inbound_at >= coalesce(c.last_inbound_at, '-infinity') then n.channel else c.channel end,
    status = case when n.wakes and c.status in ('snoozed', 'pending') then 'open' else c.status end,
    version = c.version + 1
  from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[], $5::timestamptz[], $6::uuid[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::uuid[], $12::uuid[], $13::text[], $14::bool[])
    as n(tenant_id, id, count, unread, at, message_id, preview, kind, direction, inbound_at, line_id, channel_account_id, channel, wakes)
  where c.tenant_id = n.tenant_id and c.id = n.id
  returning c.tenant_id, c.id, c.status, c.assignee_id, c.version, c.message_sequence`

interface ProjectedRow {
  tenant_id: string
  id: string
  status: ConversationStatus
  assignee_id: string | null
  version: number
  message_sequence: number
}

function projectedOf(row: ProjectedRow): ProjectedConversation {
  return {
    tenantId: fromUuid('tenant', row.tenant_id),
    id: fromUuid('conversation', row.id),
    status: row.status,
    assigneeId: fromUuidOrNull('member', row.assignee_id),
    version: row.version,
  }
}
