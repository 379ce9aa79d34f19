import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'
import type { ConversationListItem } from './types.ts'

export async function loadListItems(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  ids: readonly Id<'conversation'>[],
): Promise<Map<Id<'conversation'>, ConversationListItem>> {
  throw new Error('being written')
}
