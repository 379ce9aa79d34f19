import { texts, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'

/** A message that says something else now. */
export interface RevisedMessage {
  tenantId: Id<'tenant'>
  conversationId: Id<'conversation'>
  messageId: Id<'message'>
  preview: string
  /** null = as before. */
  kind: string | null
}

/**
 * Lets the list show what a conversation's newest message says now; older messages are not in the list. Runs under the
 * conversations' locks, and the message's own event tells of it.
 */
export async function showRevised(tx: SqlTx, revised: readonly RevisedMessage[]): Promise<void> {
  if (revised.length === 0) return
  await tx.sql(
    `update conversations c set last_message_preview = n.preview, last_message_kind = coalesce(n.kind, c.last_message_kind), version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[]) as n(tenant_id, id, message_id, preview, kind)
     where c.tenant_id = n.tenant_id and c.id = n.id and c.last_message_id = n.message_id`,
    [
      uuids(revised.map((message) => message.tenantId)),
      uuids(revised.map((message) => message.conversationId)),
      uuids(revised.map((message) => message.messageId)),
      texts(revised.map((message) => message.preview)),
      texts(revised.map((message) => message.kind)),
    ],
    'show_revised_messages',
  )
}
