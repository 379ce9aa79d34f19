import type { KeyRing } from '#platform/crypto.ts'
import { uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import { openCredentials } from './secrets.ts'
import type { AddressOwner } from './types.ts'

/**
 * The accounts' credentials in the clear, as given when they were connected; the connector's schema reads them.
 * An account without any is missing from the answer.
 * @throws SealBroken when a key is gone from the ring
 */
export async function loadCredentials(
  tx: SqlTx,
  keys: KeyRing,
  owners: readonly AddressOwner[],
): Promise<Map<Id<'channelAccount'>, unknown>> {
  const rows = await tx.sql<{ tenant_id: string; channel_account_id: string; sealed: Uint8Array }>(
    `select c.tenant_id, c.channel_account_id, c.sealed from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     join channel_credentials c on c.tenant_id = w.tenant_id and c.channel_account_id = w.id`,
    [uuids(owners.map((owner) => owner.tenantId)), uuids(owners.map((owner) => owner.channelAccountId))],
    'load_credentials',
  )
  return new Map(
    rows.map((row) => {
      const owner = { tenantId: fromUuid('tenant', row.tenant_id), channelAccountId: fromUuid('channelAccount', row.channel_account_id) }
      return [owner.channelAccountId, openCredentials(keys, owner, row.sealed)]
    }),
  )
}
