import type { SqlTx } from '#platform/db/sql.ts'
import { toUuid } from '#platform/ids.ts'
import type { LineTouch } from './types.ts'

/**
 * Notes that customers wrote: a line's window only ever moves forward, so a late or repeated message changes nothing (I3, I8).
 * Lines come after conversations in the lock order, and are locked sorted.
 */
export async function touchLines(tx: SqlTx, touches: readonly LineTouch[]): Promise<void> {
  const latest = new Map<string, LineTouch>()
  for (const touch of touches) {
    const known = latest.get(touch.lineId)
    if (!known || touch.at > known.at) latest.set(touch.lineId, touch)
  }
  if (latest.size === 0) return
  const lines = [...latest.values()]
  await tx.sql(
    `with locked as (
       select l.tenant_id, l.id, t.at, t.expires_at
       from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as t(tenant_id, id, at, expires_at)
       join lines l on l.tenant_id = t.tenant_id and l.id = t.id
       order by l.id for no key update of l
     )
     update lines l set last_inbound_at = greatest(l.last_inbound_at, n.at), window_expires_at = greatest(l.window_expires_at, n.expires_at)
     from locked n where l.tenant_id = n.tenant_id and l.id = n.id`,
    [
      lines.map((line) => toUuid(line.tenantId)),
      lines.map((line) => toUuid(line.lineId)),
      lines.map((line) => line.at),
      lines.map((line) => line.windowExpiresAt),
    ],
    'touch_lines',
  )
}
