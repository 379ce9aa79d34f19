import type { Pool } from 'pg'
import type { Bus } from '../bus/port.ts'
import type { EventRecord } from '../bus/topics.ts'
import { monotonicMs, pause } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { type EntryRow, entryColumns, entryOf, type LogEntry } from './entry.ts'
import type { HeldShard } from './lease.ts'

export interface ForwarderOptions {
  /** As `weft_worker`. */
  database: Database
  bus: Bus
  log: Logger
  metrics: Metrics
  /** Most events per shard and publish. */
  perShard?: number
}

export interface Forwarder {
  /** There may be work, or the held shards changed. */
  wake(held: readonly HeldShard[]): void
  unreadyReasons(): string[]
  stop(): Promise<void>
}

const IDLE_MS = 250
const STUCK_MS = 60_000

/**
 * Carries the log onto the bus's topic `events`: at least once, in order per key. It runs beside the sequencer and under the
 * same leases. Its cursor moves only after the bus took everything, and only while the shard's epoch is ours; so what a
 * frozen process publishes when it wakes may come twice, late, and consumers tell it by the event's id and sequence.
 */
export function startForwarder(options: ForwarderOptions): Forwarder {
  const { database, bus, log, perShard = 200 } = options
  const stopping = new AbortController()
  const forwarded = options.metrics.counter('weft_forwarder_events_total', 'Events of the log published on the bus')
  let held: readonly HeldShard[] = []
  let woken = new AbortController()
  let failingSince: number | undefined

  const round = async () => {
    if (held.length === 0) return false
    const { rows } = await database.pool.query<ShardRow>({
      name: 'log_forward_read',
      text: read,
      values: [held.map(({ shard }) => shard), perShard],
    })
    if (rows.length > 0) {
      await bus.publish(rows.map((row) => ({ topic: 'events', key: row.key, value: recordOf(entryOf(row)) })))
      const moved = await moveCursors(database.pool, held, rows)
      // A shard whose cursor would not move is another's now; publishing on would only repeat what that one publishes.
      held = held.filter(({ shard }) => moved.has(shard) || !rows.some((row) => row.shard === shard))
      forwarded.inc(rows.length)
    }
    failingSince = undefined
    return rows.length > 0
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      const idle = woken
      const found = await round().catch(async (error: unknown) => {
        failingSince ??= monotonicMs()
        log.warn({ error }, 'events could not be forwarded; trying again')
        await pause(500, stopping.signal)
        return true
      })
      if (!found) await pause(IDLE_MS, idle.signal)
    }
  })()

  return {
    wake: (now) => {
      held = now
      woken.abort()
      woken = new AbortController()
    },
    unreadyReasons: () =>
      failingSince !== undefined && monotonicMs() - failingSince > STUCK_MS ? ['events have not reached the bus for a minute'] : [],
    stop: async () => {
      stopping.abort()
      woken.abort()
      await running
    },
  }
}

interface ShardRow extends EntryRow {
  shard: number
  position: number
}

/** $1 shards, $2 most events of each. */
const read = `
  select l.* from bus.log_cursors c cross join lateral (
    select shard, position, ${entryColumns} from bus.log where shard = c.shard and position > c.position order by position limit $2) l
  where c.reader = 'forwarder' and c.shard = any ($1::smallint[])
  order by l.shard, l.position`

async function moveCursors(pool: Pool, held: readonly HeldShard[], rows: readonly ShardRow[]): Promise<Set<number>> {
  const reached = new Map(rows.map((row) => [row.shard, row.position]))
  const moves = held.filter(({ shard }) => reached.has(shard))
  const result = await pool.query<{ shard: number }>({
    name: 'log_forward_move',
    text: `update bus.log_cursors c set position = m.position
      from unnest($1::smallint[], $2::bigint[], $3::bigint[]) as m(shard, epoch, position)
      join bus.log_shards s on s.shard = m.shard and s.epoch = m.epoch
      where c.reader = 'forwarder' and c.shard = m.shard and c.position < m.position
      returning c.shard`,
    values: [moves.map(({ shard }) => shard), moves.map(({ epoch }) => epoch), moves.map(({ shard }) => reached.get(shard))],
  })
  return new Set(result.rows.map(({ shard }) => shard))
}

function recordOf(entry: LogEntry): EventRecord {
  return { v: 1, ...entry, at: entry.at.toISOString() }
}
