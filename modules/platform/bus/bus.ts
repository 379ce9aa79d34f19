import { type Clock, pause } from '../clock.ts'
import type { Database } from '../db/database.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { BusAdapter, BusContext } from './adapter.ts'
import { busInstruments } from './instruments.ts'
import type { KafkaOptions } from './kafka-cluster.ts'
import type { Bus } from './port.ts'
import { openPostgresBus } from './postgres.ts'
import { BUS_TIMING, type BusTiming } from './timing.ts'
import { TOPICS, type Topic } from './topics.ts'

export interface BusOptions {
  /** Present: records travel through Kafka. Absent: through PostgreSQL. */
  kafka?: KafkaOptions
  /** As `weft_worker`; holds what is parked with either adapter. */
  database: Database
  clock: Clock
  log: Logger
  metrics: Metrics
  /** Default: the product's table of topics. */
  topics?: readonly Topic[]
  timing?: Partial<BusTiming>
}

/**
 * Opens the bus.
 * @throws BusRefused when the cluster or the database doesn't fit the table of topics
 */
export async function createBus(options: BusOptions): Promise<Bus> {
  const { database, clock, log, metrics, topics = TOPICS } = options
  const timing = { ...BUS_TIMING, ...options.timing }
  const context = { database, clock, log, timing, instruments: busInstruments(metrics) }
  if (!options.kafka) return withChores(await openPostgresBus(context, topics), context)
  // Loaded only where it is used: an install without Kafka doesn't carry its client in memory.
  const { openKafkaBus } = await import('./kafka.ts')
  return withChores(await openKafkaBus(context, options.kafka, topics), context)
}

/** Lag for Prometheus and old records: chores of processes that consume; one that only publishes does neither. */
function withChores(adapter: BusAdapter, context: BusContext): Bus {
  const stopping = new AbortController()
  let chores: Promise<unknown> | undefined
  const everyNowAndThen = async (everyMs: number, what: string, work: () => Promise<void>) => {
    while (!stopping.signal.aborted) {
      await pause(everyMs, stopping.signal)
      if (stopping.signal.aborted) return
      await work().catch((error) => context.log.warn({ error }, `the bus could not ${what}`))
    }
  }
  const close = async () => {
    stopping.abort()
    await chores
    await adapter.close()
  }
  let closing: Promise<void> | undefined
  return {
    ...adapter,
    subscribe: (options) => {
      chores ??= Promise.all([
        everyNowAndThen(context.timing.lagMs, 'read its lag', async () => context.instruments.showLag(await adapter.lag())),
        everyNowAndThen(context.timing.housekeepingMs, 'forget what is old', () => adapter.housekeep()),
      ])
      return adapter.subscribe(options)
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
