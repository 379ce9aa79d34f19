import type { Pool } from 'pg'
import type { Metrics } from '../metrics.ts'

/** Rows of the outbox counted at most: beyond it "very many" is all an operator needs to know. */
const COUNTED = 100_000

/** Measures what waits: the outbox's depth and age, and how far the forwarder is behind the log's end. */
export async function observeEventLog(pool: Pool, metrics: Metrics): Promise<void> {
  const { rows } = await pool.query<{ depth: number; age: number; lag: number }>(
    `select (select count(*) from (select 1 from bus.outbox limit ${COUNTED}) counted) as depth,
       coalesce((select extract(epoch from clock_timestamp() - min(created_at)) from (select created_at from bus.outbox order by id limit 100) oldest), 0)::float8 as age,
       (select sum(s.position - c.position) from bus.log_shards s join bus.log_cursors c on c.shard = s.shard and c.reader = 'forwarder')::float8 as lag`,
  )
  const row = rows[0]
  if (!row) return
  metrics.gauge('weft_outbox_depth', 'Committed events waiting to be sequenced').set(row.depth)
  metrics.gauge('weft_outbox_age_seconds', 'How long the oldest of them has waited').set(Math.max(0, row.age))
  metrics.gauge('weft_forwarder_lag', 'Events in the log that are not yet on the bus').set(row.lag)
}
