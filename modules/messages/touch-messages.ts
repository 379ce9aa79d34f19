import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import { MessageChanged } from './events.ts'

/**
 * Raises the version of messages whose bubble changed outside their own row, so that screens load them again. Locks them in
 * the order of their ids.
 * @param changed what changed, such as `attachments`
 * @returns one `message.changed` for each message, for the caller's `emit`
 */
export async function touchMessages(
  tx: SqlTx,
  messages: readonly { tenantId: Id<'tenant'>; messageId: Id<'message'> }[],
  changed: readonly string[],
): Promise<EmittedEvent[]> {
  if (messages.length === 0) return []
  const rows = await tx.sql<{ tenant_id: string; id: string; version: number; conversation_id: string; assignee_id: string | null }>(
    `with locked as (
       select m.tenant_id, m.id from (select distinct t, i from unnest($1::uuid[], $2::uuid[]) as w(t, i)) w
       join messages m on m.tenant_id = w.t and m.id = w.i order by m.id for no key update of m
     ), touched as (
       update messages m set version = m.version + 1 from locked l where m.tenant_id = l.tenant_id and m.id = l.id
       returning m.tenant_id, m.id, m.version, m.conversation_id
     )
     select t.tenant_id, t.id, t.version, coalesce(root.id, c.id) as conversation_id,
       case when root.id is null then c.assignee_id else root.assignee_id end as assignee_id
     from touched t
     join conversations c on c.tenant_id = t.tenant_id and c.id = t.conversation_id
     left join conversations root on root.tenant_id = c.tenant_id and root.id = c.merged_into_id`,
    [messages.map(({ tenantId }) => toUuid(tenantId)), messages.map(({ messageId }) => toUuid(messageId))],
    'touch_messages',
  )
  return rows.map((row) => {
    const reach = { assigneeId: fromUuidOrNull('member', row.assignee_id) }
    const about = { conversationId: fromUuid('conversation', row.conversation_id), messageId: fromUuid('message', row.id) }
    const payload = { ...about, changed: [...changed], version: row.version }
    return eventOf(MessageChanged, fromUuid('tenant', row.tenant_id), payload, { reach: { before: reach, after: reach } })
  })
}
