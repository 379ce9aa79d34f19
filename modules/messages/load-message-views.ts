import type { ChannelKind, ContentKind } from '#channels/connector.ts'
import { loadDeliveryViews } from '#modules/deliveries/index.ts'
import { loadAttachmentViews } from '#modules/files/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { MessageContent, MessageView } from './types.ts'

/**
 * Everything a bubble's own row and its neighbours say, for the messages of a `page`, newest first: author's name, channel, the
 * conversation it is read in, and what it answers. Another conversation's message is never previewed: who reads this one may
 * not be allowed to read that one. `$1` is the tenant.
 *
 * `placed` is materialized so that what it computes are plain columns: under row-level security an expression like `coalesce`
 * in a join could leak, so PostgreSQL would read the whole table before it joins (70 ms at 36,000 messages instead of 0.3).
 */
export const messageRowsSql = (page: string) => `
  with page as (${page}), placed as materialized (
    select m.*, coalesce(c.merged_into_id, c.id) as root_id, c.contact_id, coalesce(m.reply_to_message_id, ref.message_id) as answered_id
    from page m
    join conversations c on c.tenant_id = $1::uuid and c.id = m.conversation_id
    left join external_refs ref on ref.tenant_id = $1::uuid and ref.channel_account_id = m.channel_account_id
      and ref.external_id = m.reply_to_external_id and m.reply_to_message_id is null
  )
  select m.id, m.version, m.root_id as conversation_id, account.channel, m.direction, m.kind, m.body, m.content,
    m.author_kind, m.author_id, coalesce(author.name, case when m.author_kind = 'contact' then contact.name end) as author_name,
    m.provider_time, m.sequence, m.received_at, m.edited_at, m.revoked_at,
    m.reply_to_message_id is not null or m.reply_to_external_id is not null as is_reply,
    answered.id as answered_id, answered.kind as answered_kind, answered.revoked_at is not null as is_answered_revoked,
    left(answered.body, ${LIMITS.previewChars}) as answered_body, coalesce(home.merged_into_id, home.id) = m.root_id as is_answered_here
  from placed m
  join contacts contact on contact.tenant_id = $1::uuid and contact.id = m.contact_id
  join channel_accounts account on account.tenant_id = $1::uuid and account.id = m.channel_account_id
  left join members author on author.tenant_id = $1::uuid and author.id = m.author_id and m.author_kind = 'member'
  left join messages answered on answered.tenant_id = $1::uuid and answered.id = m.answered_id
  left join conversations home on home.tenant_id = $1::uuid and home.id = answered.conversation_id
  order by m.provider_time desc, m.sequence desc, m.id desc`

export const loadMessagesSql = messageRowsSql(
  `select * from messages where tenant_id = $1::uuid and id = any ($2::uuid[]) and kind <> 'reaction'`,
)

/** The reactions that stand; one sent from here that failed says so (its carrier has the reaction's id, see `reactTo`). */
export const loadReactionsSql = `
  select r.message_id, r.by_kind, r.emoji,
    r.external_id is null and coalesce((select d.state from deliveries d where d.tenant_id = $1::uuid and d.message_id = r.id
      order by d.queued_at desc, d.id desc limit 1) = 'failed', false) as is_failed
  from unnest($2::uuid[]) as m(id)
  join message_reactions r on r.tenant_id = $1::uuid and r.message_id = m.id
  where r.emoji is not null
  order by r.provider_time, r.id`

/** Bubbles by message, in four queries however many. Unknown ids and reactions, which are shown on what they are about, are missing. */
export async function loadMessageViews(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  ids: readonly Id<'message'>[],
): Promise<Map<Id<'message'>, MessageView>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.sql<MessageRow>(loadMessagesSql, [toUuid(tenantId), ids.map(toUuid)], 'load_messages')
  const views = await viewsOf(tx, tenantId, rows)
  return new Map(views.map((view) => [view.id, view]))
}

/** Completes rows with files, reactions and deliveries: three queries. Keeps their order. */
export async function viewsOf(tx: SqlTx, tenantId: Id<'tenant'>, rows: readonly MessageRow[]): Promise<MessageView[]> {
  if (rows.length === 0) return []
  const ids = rows.map((row) => fromUuid('message', row.id))
  const attachments = await loadAttachmentViews(tx, tenantId, ids)
  const deliveries = await loadDeliveryViews(tx, tenantId, ids)
  const reactions = await tx.sql<ReactionRow>(loadReactionsSql, [toUuid(tenantId), rows.map((row) => row.id)], 'load_reactions')
  return rows.map((row) => {
    const view = viewOf(row)
    view.delivery = deliveries.get(view.id) ?? null
    view.attachments = row.revoked_at ? [] : (attachments.get(view.id) ?? [])
    view.reactions = reactions
      .filter((reaction) => reaction.message_id === row.id)
      .map((reaction) => ({ by: reaction.by_kind, emoji: reaction.emoji, isFailed: reaction.is_failed }))
    return view
  })
}

interface ReactionRow {
  message_id: string
  by_kind: 'contact' | 'business' | 'member'
  emoji: string
  is_failed: boolean
}

export interface MessageRow {
  id: string
  version: number
  conversation_id: string
  channel: ChannelKind
  direction: 'inbound' | 'outbound'
  kind: ContentKind
  body: string
  content: MessageContent & { request?: string }
  author_kind: MessageView['author']['kind']
  author_id: string | null
  author_name: string | null
  provider_time: Date
  sequence: number
  received_at: Date
  edited_at: Date | null
  revoked_at: Date | null
  is_reply: boolean
  answered_id: string | null
  answered_kind: ContentKind | null
  answered_body: string | null
  is_answered_revoked: boolean
  is_answered_here: boolean | null
}

function viewOf(row: MessageRow): MessageView {
  const { request: _request, ...content } = row.content
  return {
    id: fromUuid('message', row.id),
    version: row.version,
    conversationId: fromUuid('conversation', row.conversation_id),
    channel: row.channel,
    direction: row.direction,
    kind: row.kind,
    body: row.revoked_at ? '' : row.body,
    content: row.revoked_at ? {} : content,
    author: { kind: row.author_kind, id: authorIdOf(row), name: row.author_name },
    replyTo: row.is_reply ? answeredOf(row) : null,
    providerTime: row.provider_time.toISOString(),
    sequence: row.sequence,
    receivedAt: row.received_at.toISOString(),
    editedAt: row.edited_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
    attachments: [],
    reactions: [],
    delivery: null,
  }
}

function answeredOf(row: MessageRow): MessageView['replyTo'] {
  if (!row.is_answered_here) return { messageId: null, kind: null, preview: null }
  return {
    messageId: fromUuidOrNull('message', row.answered_id),
    kind: row.answered_kind,
    preview: row.is_answered_revoked ? null : row.answered_body,
  }
}

function authorIdOf({ author_kind, author_id }: MessageRow): string | null {
  if (author_kind === 'member') return fromUuidOrNull('member', author_id)
  if (author_kind === 'contact') return fromUuidOrNull('contact', author_id)
  return null
}
