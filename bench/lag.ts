import { createBus } from '#platform/bus/bus.ts'
import { monotonicMs, pause, systemClock } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import type { Broker } from './kafka.ts'
import type { Product } from './product.ts'

/** Reads how far everybody is behind: each group on each topic, the outbox, and the forwarder. */
export interface LagReader {
  /** What is not yet handled, by who should. Empty = nothing is behind. */
  read(): Promise<Record<string, number>>
  /** How long until nothing was behind, ms; null when it took longer than `withinMs`. */
  untilZero(withinMs: number): Promise<number | null>
  close(): Promise<void>
}

export async function openLagReader(product: Product, broker: Broker | undefined): Promise<LagReader> {
  const database = await openDatabase({ url: product.workerUrl, role: 'weft_worker', poolSize: 2 })
  const kafka = broker && { brokers: broker.brokers, topicPrefix: '', allowUnreplicated: true }
  const log = createLog({ level: 'warn', process: 'bench' })
  const bus = await createBus({ kafka, database, clock: systemClock, log, metrics: createMetrics() })
  const read = async () => {
    const { rows } = await database.pool.query<{ outbox: number; forwarder: number }>(
      `select (select count(*) from bus.outbox) as outbox,
         (select coalesce(sum(s.position - c.position), 0)::bigint from bus.log_shards s join bus.log_cursors c using (shard)) as forwarder`,
    )
    const groups = (await bus.lag()).flatMap(({ group, messages, parked }) => [
      [group, messages],
      [`${group}, parked`, parked],
    ])
    return Object.fromEntries([...Object.entries(rows[0] ?? {}), ...groups].filter(([, count]) => count !== 0)) as Record<string, number>
  }
  return {
    read,
    untilZero: async (withinMs) => {
      const startedAt = monotonicMs()
      while (Object.keys(await read()).length > 0) {
        if (monotonicMs() - startedAt > withinMs) return null
        await pause(50)
      }
      return monotonicMs() - startedAt
    },
    close: async () => {
      await bus.close()
      await database.close()
    },
  }
}
