import { monotonicMs, pause } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import { appendCommitted } from './append.ts'
import { type HeldShard, shardLease } from './lease.ts'

export interface SequencerOptions {
  /** As `weft_worker`. */
  database: Database
  log: Logger
  metrics: Metrics
  /** Told after events moved and whenever the held shards change; the forwarder listens. */
  onProgress?: (held: readonly HeldShard[]) => void
  /** How long a shard stays with a process that no longer answers, ms. */
  leaseMs?: number
  /** Most events per shard and statement. */
  perShard?: number
}

export interface Sequencer {
  unreadyReasons(): string[]
  /** Finishes the running statement and gives its shards back. */
  stop(): Promise<void>
}

/** Between looks at an empty outbox: quick right after work, since work comes in bursts, then slower. */
const IDLE_MS = { first: 3, last: 20, growth: 1.3 }

/**
 * Keeps moving committed events from the outbox into the log, for the shards it holds a lease on. Any number of processes
 * may run it: they share the shards, and the ones left take over within `leaseMs` when one dies or freezes.
 */
export function startSequencer(options: SequencerOptions): Sequencer {
  const { database, log, leaseMs = 3_000, perShard = 500 } = options
  const stopping = new AbortController()
  const lease = shardLease(database.pool, leaseMs)
  const observe = sequencerMetrics(options.metrics)
  let held: readonly HeldShard[] = []
  let renewedAt = Number.NEGATIVE_INFINITY
  let idleMs = IDLE_MS.first

  const renewWhenDue = async () => {
    if (monotonicMs() - renewedAt < leaseMs / 3) return
    const before = held
    held = await lease.renew()
    renewedAt = monotonicMs()
    observe.held(held.length)
    if (describe(held) !== describe(before)) {
      log.info({ shards: held.map(({ shard }) => shard) }, 'event log shards held')
      options.onProgress?.(held)
    }
  }

  const round = async () => {
    await renewWhenDue()
    const startedAt = monotonicMs()
    const appended = await appendCommitted(database.pool, held, perShard)
    if (appended.moved > 0) {
      observe.appended(appended.waitedMs, monotonicMs() - startedAt)
      options.onProgress?.(held)
    }
    idleMs = appended.moved > 0 ? IDLE_MS.first : Math.min(IDLE_MS.last, idleMs * IDLE_MS.growth)
    if (!appended.full) await pause(idleMs, stopping.signal)
  }

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await round().catch(async (error: unknown) => {
        log.warn({ error }, 'the event log could not be written; trying again')
        await pause(250, stopping.signal)
      })
    }
    await lease.release().catch((error: unknown) => log.warn({ error }, 'shards were not given back; their lease runs out by itself'))
  })()

  return {
    unreadyReasons: () => (monotonicMs() - renewedAt > leaseMs * 3 ? ['the sequencer can not reach the database'] : []),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

const describe = (held: readonly HeldShard[]): string =>
  held
    .map(({ shard, epoch }) => `${shard}@${epoch}`)
    .sort()
    .join()

function sequencerMetrics(metrics: Metrics) {
  const events = metrics.counter('weft_log_events_total', 'Events moved from the outbox into the event log')
  const waited = metrics.histogram('weft_outbox_wait_seconds', 'From emitting an event to its place in the log')
  const seconds = metrics.histogram('weft_log_append_seconds', 'One append statement that moved events')
  const shards = metrics.gauge('weft_log_shards_held', 'Event log shards this process appends to')
  return {
    held: (count: number) => shards.set(count),
    appended: (waitedMs: readonly number[], tookMs: number) => {
      events.inc(waitedMs.length)
      seconds.observe(tookMs / 1_000)
      for (const ms of waitedMs) waited.observe(Math.max(0, ms) / 1_000)
    },
  }
}
