import type { Pool } from 'pg'

/**
 * Forgets the oldest entries of the given shards: those sequenced longer ago than the retention, and only what every reader
 * of the whole log has passed. Looks at no more than `limit` entries of each shard, from the oldest on, so it costs the same
 * however long the log is, and a large backlog takes several calls.
 * @returns how many were forgotten
 */
export async function forgetOldEntries(pool: Pool, shards: readonly number[], retentionHours: number, limit = 5_000): Promise<number> {
  const { rows } = await pool.query<{ shard: number; position: number }>({
    name: 'log_old',
    text: `select oldest.shard, max(oldest.position) as position
      from unnest($1::smallint[]) as s(shard) cross join lateral (
        select shard, position, sequenced_at from bus.log where shard = s.shard order by position limit $3) oldest
      where oldest.sequenced_at < clock_timestamp() - $2 * interval '1 hour'
        and oldest.position <= (select min(c.position) from bus.log_cursors c where c.shard = s.shard)
      group by oldest.shard`,
    values: [shards, retentionHours, limit],
  })
  let forgotten = 0
  // One statement a shard: joined with the bounds above, the planner would read the whole log.
  for (const { shard, position } of rows) {
    const deleted = await pool.query({
      name: 'log_forget',
      text: 'delete from bus.log where shard = $1 and position <= $2',
      values: [shard, position],
    })
    forgotten += deleted.rowCount ?? 0
  }
  return forgotten
}
