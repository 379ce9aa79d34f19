import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'
import type { MessageView } from './types.ts'

export async function loadMessageViews(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  ids: readonly Id<'message'>[],
): Promise<Map<Id<'message'>, MessageView>> {
  throw new Error('being written')
}
