import type { SqlTx } from '#platform/db/sql.ts'
import { toUuid } from '#platform/ids.ts'
import type { Lease } from './leases.ts'

/** When the delivery that waits longest on these accounts was due; null when nothing is. Stopped accounts do not count. */
export async function oldestDue(tx: SqlTx, leases: readonly Lease[]): Promise<Date | null> {
  if (leases.length === 0) return null
  const [row] = await tx.sql<{ due_at: Date | null }>(
    `select min(d.due_at) as due_at
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     join channel_accounts a on a.tenant_id = w.tenant_id and a.id = w.id and a.status = 'active'
     cross join (values ('interactive'), ('bulk')) as l(lane)
     cross join lateral (
       select d.due_at from deliveries d
       where d.tenant_id = w.tenant_id and d.channel_account_id = w.id and d.lane = l.lane
         and d.state in ('queued', 'sending') and d.attempt_id is null and d.due_at <= $3
       order by d.due_at limit 1
     ) d`,
    [leases.map((lease) => toUuid(lease.tenantId)), leases.map((lease) => toUuid(lease.channelAccountId)), tx.now],
    'oldest_due',
  )
  return row?.due_at ?? null
}
