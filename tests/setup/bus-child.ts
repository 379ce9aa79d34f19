import { appendFileSync } from 'node:fs'
import { z } from 'zod'
import { createBus } from '#platform/bus/bus.ts'
import type { BusTiming } from '#platform/bus/timing.ts'
import { pause, systemClock } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'

/** What the contract suite asks of a consumer that runs in a process of its own, so that it can be killed and frozen. */
export interface BusChildOptions {
  databaseUrl: string
  kafka?: { brokers: string[]; topicPrefix: string; allowUnreplicated: boolean }
  topic: { name: string; partitions: number }
  group: string
  timing: Partial<BusTiming>
  /** Where each message leaves a line when it is seen, and one when it is done. */
  journal: string
  /** How long a batch takes. */
  delayMs: number
  maxBatch: number
}

const options: BusChildOptions = JSON.parse(process.argv[2] ?? '')
const database = await openDatabase({ url: options.databaseUrl, role: 'weft_worker', poolSize: 3 })
const bus = await createBus({
  database,
  clock: systemClock,
  log: createLog({ level: 'silent', process: 'bus-child' }),
  metrics: createMetrics({ defaults: false }),
  kafka: options.kafka,
  timing: options.timing,
  topics: [{ ...options.topic, key: 'key', producer: 'test', groups: [], schema: z.unknown(), retentionHours: 1 }],
})
const write = (phase: string, messages: readonly { key: string; value: unknown }[]) =>
  appendFileSync(
    options.journal,
    messages.map(({ key, value }) => `${JSON.stringify({ pid: process.pid, phase, key, n: (value as { n: number }).n })}\n`).join(''),
  )
const subscription = await bus.subscribe({
  topic: options.topic.name,
  group: options.group,
  maxBatch: options.maxBatch,
  handle: async (messages) => {
    write('seen', messages)
    await pause(options.delayMs)
    write('done', messages)
    return messages.map(() => ({ kind: 'done' }))
  },
})
process.once('SIGTERM', async () => {
  await subscription.stop()
  await bus.close()
  await database.close()
  process.exit(0)
})
