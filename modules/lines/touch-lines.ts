import { times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { LineTouch } from './types.ts'

/**
 * Notes that customers wrote: a line's window only ever moves forward, so a late or repeated message changes nothing (I3, I8).
 * Lines come after conversations in the lock order, by id among themselves.
 */
export async function touchLines(tx: SqlTx, touches: readonly LineTouch[]): Promise<void> {
  const latest = new Map<string, LineTouch>()
  for (const touch of touches) {
    const known = latest.get(touch.lineId)
    if (!known || touch.at > known.at) latest.set(touch.lineId, touch)
  }
  if (latest.size === 0) return
  const lines = [...latest.values()].sort((a, b) => (a.lineId < b.lineId ? -1 : 1))
  await tx.sql(
    `update lines l set last_inbound_at = greatest(l.last_inbound_at, t.at), window_expires_at = greatest(l.window_expires_at, t.expires_at)
     from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[]) as t(tenant_id, id, at, expires_at)
     where l.tenant_id = t.tenant_id and l.id = t.id`,
    [
      uuids(lines.map((line) => line.tenantId)),
      uuids(lines.map((line) => line.lineId)),
      times(lines.map((line) => line.at)),
      times(lines.map((line) => line.windowExpiresAt)),
    ],
    'touch_lines',
  )
}
