import type { Pool } from 'pg'

/**
 * Forgets the oldest entries of the held shards: those sequenced longer ago than the retention, and only what every reader
 * of the whole log has passed. Looks at no more than `limit` entries of each shard, from the oldest on, so it costs the same
 * however long the log is, and a large backlog takes several calls.
 * @returns how many were forgotten
 */
export async function forgetOldEntries(pool: Pool, shards: readonly number[], retentionHours: number, limit = 5_000): Promise<number> {
  const { rowCount } = await pool.query({
    name: 'log_forget',
    text: `delete from bus.log l using (
        select oldest.shard, max(oldest.position) as position
        from unnest($1::smallint[]) as s(shard) cross join lateral (
          select shard, position, sequenced_at from bus.log where shard = s.shard order by position limit $3) oldest
        where oldest.sequenced_at < clock_timestamp() - $2 * interval '1 hour'
          and oldest.position <= (select min(c.position) from bus.log_cursors c where c.shard = s.shard)
        group by oldest.shard) old
      where l.shard = old.shard and l.position <= old.position`,
    values: [shards, retentionHours, limit],
  })
  return rowCount ?? 0
}
