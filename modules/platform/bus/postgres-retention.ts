import type pg from 'pg'
import type { Logs } from './postgres-logs.ts'
import type { Topic } from './topics.ts'

const ROWS_AT_ONCE = 2_000

/**
 * Deletes records older than their topic's retention, in small statements, and only below every group's cursor: what one
 * group has not handled stays, however old. Several processes may do it at once.
 * @returns how many records went
 */
export async function deleteExpired(pool: pg.Pool, logs: Logs, topics: readonly Topic[], now: Date): Promise<number> {
  let deleted = 0
  for (const topic of topics) {
    const before = new Date(now.getTime() - topic.retentionHours * 3_600_000)
    for (const { logId } of logs.partitionsOf(topic.name)) {
      for (let went = ROWS_AT_ONCE; went === ROWS_AT_ONCE; deleted += went) {
        const { rowCount } = await pool.query({ name: 'bus_expire', text: EXPIRE, values: [logId, before, ROWS_AT_ONCE] })
        went = rowCount ?? 0
      }
    }
  }
  return deleted
}

/** Looks at the oldest rows alone: a filter on published_at over the whole log would read all that is still young. */
const EXPIRE = `delete from bus.records r using (
    select position, published_at from bus.records
    where log_id = $1 and position <= (select coalesce(min(c.position), 9223372036854775807) from bus.cursors c where c.log_id = $1)
    order by position limit $3) oldest
  where r.log_id = $1 and r.position = oldest.position and oldest.published_at < $2`
