import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, toUuid } from '#platform/ids.ts'

/** Who answers has read: nothing is unread behind a reply. Part of the caller's change, under the conversation's lock, so it takes no version of its own. */
export async function markAnswered(tx: SqlTx, tenantId: Id<'tenant'>, conversationId: Id<'conversation'>): Promise<void> {
  await tx.sql('update conversations set unread_count = 0 where tenant_id = $1::uuid and id = $2::uuid and unread_count > 0', [
    toUuid(tenantId),
    toUuid(conversationId),
  ])
}
