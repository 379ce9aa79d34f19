import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import { ConversationChanged } from './events.ts'

/** A message that says something else now. */
export interface RevisedMessage {
  tenantId: Id<'tenant'>
  conversationId: Id<'conversation'>
  messageId: Id<'message'>
  preview: string
  /** null = as before. */
  kind: string | null
}

/** Lets the list show what a conversation's newest message says now; older messages are not in the list. Runs under the conversations' locks. */
export async function showRevised(tx: SqlTx, revised: readonly RevisedMessage[]): Promise<EmittedEvent[]> {
  if (revised.length === 0) return []
  const rows = await tx.sql<{ tenant_id: string; id: string; assignee_id: string | null; version: number }>(
    `update conversations c set last_message_preview = n.preview, last_message_kind = coalesce(n.kind, c.last_message_kind), version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as n(tenant_id, id, message_id, preview, kind)
     where c.tenant_id = n.tenant_id and c.id = n.id and c.last_message_id = n.message_id
     returning c.tenant_id, c.id, c.assignee_id, c.version`,
    [
      revised.map((message) => toUuid(message.tenantId)),
      revised.map((message) => toUuid(message.conversationId)),
      revised.map((message) => toUuid(message.messageId)),
      revised.map((message) => message.preview),
      revised.map((message) => message.kind),
    ],
    'show_revised_messages',
  )
  return rows.map((row) => {
    const after = { assigneeId: fromUuidOrNull('member', row.assignee_id) }
    const payload = { conversationId: fromUuid('conversation', row.id), changed: ['lastMessage'], version: row.version }
    return eventOf(ConversationChanged, fromUuid('tenant', row.tenant_id), payload, { reach: { before: after, after } })
  })
}
