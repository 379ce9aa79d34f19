import type pg from 'pg'
import { LIMITS } from '../limits.ts'
import { GroupCommit } from './group-commit.ts'
import type { Logs } from './postgres-logs.ts'
import type { Encoded } from './records.ts'

const LINGER_MS = 1
const MOST_RECORDS = 2_000
const MOST_BYTES = 4_000_000

/**
 * Writes a batch in one statement, which is its own transaction: lock the partitions in order, take dense positions, insert.
 * The locks are held until the commit, so a reader that sees a position sees all before it. 64 callers with 1.4 KB each:
 * 4,992 a second joined, 1,161 with a statement per call on eight connections (medians of three, two cores shared with others).
 */
const PUBLISH = `with incoming as materialized (
    select log_id, key, value, n from unnest($1::int[], $2::text[], $3::text[]) with ordinality as u(log_id, key, value, n)),
  counted as materialized (select log_id, count(*) as records from incoming group by log_id),
  locked as materialized (select log_id from bus.partitions where log_id in (select log_id from counted) order by log_id for update),
  moved as (
    update bus.partitions p set next_position = p.next_position + c.records
    from counted c join locked using (log_id) where p.log_id = c.log_id
    returning p.log_id, p.next_position - c.records as first_position)
  insert into bus.records (log_id, position, key, value)
  select i.log_id, m.first_position + row_number() over (partition by i.log_id order by i.n) - 1, i.key, i.value
  from incoming i join moved m using (log_id)`

export function postgresPublisher(options: {
  pool: pg.Pool
  logs: Logs
  onWritten(topics: ReadonlySet<string>): void
  onFailure(error: unknown): void
}): GroupCommit<Encoded> {
  const { pool, logs } = options
  return new GroupCommit<Encoded>({
    lingerMs: LINGER_MS,
    maxEntries: MOST_RECORDS,
    maxBytes: MOST_BYTES,
    maxBufferedBytes: LIMITS.busBufferBytes,
    deadlineMs: LIMITS.busPublishDeadlineMs,
    sizeOf: (record) => record.sizeBytes,
    onFailure: options.onFailure,
    write: async (records) => {
      const logIds = records.map((record) => logs.logId(record.topic, record.partition))
      const { rowCount } = await pool.query({
        name: 'bus_publish',
        text: PUBLISH,
        values: [logIds, records.map((record) => record.key), records.map((record) => record.value)],
      })
      if (rowCount !== records.length) throw new Error(`${rowCount} of ${records.length} records were written`)
      options.onWritten(new Set(records.map((record) => record.topic)))
    },
  })
}
