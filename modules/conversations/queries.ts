import type { ChannelKind } from '#channels/connector.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import type { ConversationListItem, ConversationStatus } from './types.ts'

/**
 * Everything a list row shows, for the conversations of a `page`, in one statement: the contact by its merge root's name and
 * the best address of the one who wrote, assignee, channel account and the line's reply window. `$1` is the tenant.
 */
export const listItemsSql = (page: string) => `
  with page as (${page})
  select c.id, c.version, c.status, c.channel, c.channel_account_id, c.line_id, c.last_message_at, c.last_message_sequence,
    c.last_message_preview, c.last_message_kind, c.last_message_direction, c.unread_count, c.assignee_id,
    coalesce(root.id, k.id) as contact_id, coalesce(root.name, k.name) as contact_name, address.value as contact_address,
    account.name as channel_account_name, assignee.name as assignee_name, line.window_expires_at
  from page c
  join contacts k on k.tenant_id = $1::uuid and k.id = c.contact_id
  left join lateral (
    with recursive up as (
      select p.id, p.name, p.merged_into_id, 1 as steps from contacts p
      where p.tenant_id = $1::uuid and p.id = k.merged_into_id
      union all
      select p.id, p.name, p.merged_into_id, up.steps + 1 from up
      join contacts p on p.tenant_id = $1::uuid and p.id = up.merged_into_id
      where up.steps < 16
    )
    select up.id, up.name from up where up.merged_into_id is null
  ) root on k.merged_into_id is not null
  left join lateral (
    select i.value from contact_identities i
    where i.tenant_id = $1::uuid and i.contact_id = k.id
    order by case i.kind when 'phone' then 0 when 'email' then 1 when 'wa_id' then 2 else 3 end, i.created_at
    limit 1
  ) address on true
  left join channel_accounts account on account.tenant_id = $1::uuid and account.id = c.channel_account_id
  left join members assignee on assignee.tenant_id = $1::uuid and assignee.id = c.assignee_id
  left join lines line on line.tenant_id = $1::uuid and line.id = c.line_id
  order by c.last_message_at desc, c.id desc`

export const loadListItemsSql = listItemsSql('select * from conversations where tenant_id = $1::uuid and id = any ($2::uuid[])')

/** List rows by conversation, in one query. Unknown ids are simply missing; reach is the caller's to check. */
export async function loadListItems(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  ids: readonly Id<'conversation'>[],
): Promise<Map<Id<'conversation'>, ConversationListItem>> {
  if (ids.length === 0) return new Map()
  const rows = await tx.sql<ListItemRow>(loadListItemsSql, [toUuid(tenantId), ids.map(toUuid)], 'load_list_items')
  return new Map(rows.map((row) => [fromUuid('conversation', row.id), listItemOf(row)]))
}

export interface ListItemRow {
  id: string
  version: number
  status: ConversationStatus
  channel: ChannelKind | null
  channel_account_id: string | null
  channel_account_name: string | null
  line_id: string | null
  last_message_at: Date
  last_message_sequence: number
  last_message_preview: string
  last_message_kind: string | null
  last_message_direction: 'inbound' | 'outbound' | null
  unread_count: number
  assignee_id: string | null
  assignee_name: string | null
  contact_id: string
  contact_name: string | null
  contact_address: string | null
  window_expires_at: Date | null
}

export function listItemOf(row: ListItemRow): ConversationListItem {
  const assigneeId = fromUuidOrNull('member', row.assignee_id)
  return {
    id: fromUuid('conversation', row.id),
    version: row.version,
    status: row.status,
    contact: { id: fromUuid('contact', row.contact_id), name: row.contact_name, address: row.contact_address },
    channel: row.channel,
    channelAccountId: fromUuidOrNull('channelAccount', row.channel_account_id),
    channelAccountName: row.channel_account_name,
    lineId: fromUuidOrNull('line', row.line_id),
    assignee: assigneeId && { id: assigneeId, name: row.assignee_name ?? '' },
    lastMessageAt: row.last_message_at.toISOString(),
    lastMessageSequence: row.last_message_sequence,
    lastMessagePreview: row.last_message_preview,
    lastMessageKind: row.last_message_kind,
    lastMessageDirection: row.last_message_direction,
    unreadCount: row.unread_count,
    windowExpiresAt: row.window_expires_at?.toISOString() ?? null,
  }
}
