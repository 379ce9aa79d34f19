import { uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { ReceivingAccount } from './types.ts'

/** How exact "last heard of" is, milliseconds. */
const PRECISION_MS = 60_000

/**
 * Notes that these accounts were written to. Every batch of a busy number would otherwise lock its one row until commit, so it
 * is written at most once a minute, and not at all while another transaction holds the row: that one says the same.
 */
export async function noteInbound(tx: SqlTx, accounts: readonly ReceivingAccount[]): Promise<void> {
  const outdated = accounts.filter((account) => tx.now.getTime() - (account.lastInboundAt?.getTime() ?? 0) >= PRECISION_MS)
  if (outdated.length === 0) return
  await tx.sql(
    `update channel_accounts c set last_inbound_at = $3
     from (
       select a.tenant_id, a.id from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       join channel_accounts a on a.tenant_id = w.tenant_id and a.id = w.id
       for no key update of a skip locked
     ) as free
     where c.tenant_id = free.tenant_id and c.id = free.id and (c.last_inbound_at is null or c.last_inbound_at < $3)`,
    [uuids(outdated.map((account) => account.tenantId)), uuids(outdated.map((account) => account.channelAccountId)), tx.now],
    'note_inbound',
  )
}
