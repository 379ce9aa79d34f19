import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, vi } from 'vitest'
import { z } from 'zod'
import { createBus } from '#platform/bus/bus.ts'
import type { KafkaOptions } from '#platform/bus/kafka-cluster.ts'
import { partitionOf } from '#platform/bus/partition.ts'
import type { BatchHandler, Bus, BusMessage, Outcome, Subscription } from '#platform/bus/port.ts'
import type { BusTiming } from '#platform/bus/timing.ts'
import type { Topic } from '#platform/bus/topics.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics, type Metrics } from '#platform/metrics.ts'
import type { BusChildOptions } from '#tests/setup/bus-child.ts'

/** One adapter as the contract suite sees it. */
export interface BusUnderTest {
  database(): Database
  databaseUrl(): string
  kafka?: () => KafkaOptions & { brokers: string[]; topicPrefix: string; allowUnreplicated: boolean }
  /** What a deploy does for new topics. */
  provision(topics: readonly Topic[]): Promise<void>
  timing: Partial<BusTiming>
  /** How long until others get what a dead or frozen member held. */
  takeoverMs: number
}

export interface Seen {
  pid: number
  phase: 'seen' | 'done'
  key: string
  n: number
}

let made = 0

/** A topic of the test's own. */
export function aTopic(partitions = 6, groups: string[] = []): Topic {
  const name = `contract.${process.pid}.${++made}`
  return { name, key: 'key', partitions, producer: 'test', groups, schema: z.unknown(), retentionHours: 1 }
}

/** Opens buses and child processes for one test and ends them after it. */
export function busBench(subject: BusUnderTest) {
  const ends: (() => unknown)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })

  async function open(
    topics: readonly Topic[],
    options: { clock?: Clock; timing?: Partial<BusTiming>; database?: Database; kafka?: KafkaOptions; metrics?: Metrics } = {},
  ): Promise<Bus> {
    if (!options.kafka) await subject.provision(topics)
    const bus = await createBus({
      database: options.database ?? subject.database(),
      clock: options.clock ?? systemClock,
      log: createLog({ level: 'silent', process: 'test' }),
      metrics: options.metrics ?? createMetrics({ defaults: false }),
      kafka: options.kafka ?? subject.kafka?.(),
      timing: { ...subject.timing, ...options.timing },
      topics,
    })
    ends.push(() => bus.close())
    return bus
  }

  async function spawnConsumer(topic: Topic, group: string, options: { delayMs?: number; maxBatch?: number; journal?: string } = {}) {
    await subject.provision([topic])
    const folder = mkdtempSync(join(tmpdir(), 'weft-bus-'))
    const journal = options.journal ?? join(folder, 'journal')
    const child: BusChildOptions = {
      databaseUrl: subject.databaseUrl(),
      kafka: subject.kafka?.(),
      topic: { name: topic.name, partitions: topic.partitions },
      group,
      timing: subject.timing,
      journal,
      delayMs: options.delayMs ?? 0,
      maxBatch: options.maxBatch ?? 50,
    }
    // node itself, not the tsx command: its wrapper would survive the kill and leave the consumer running.
    const handle = spawn(process.execPath, ['--import', 'tsx', 'tests/setup/bus-child.ts', JSON.stringify(child)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    ends.push(async () => {
      await endChild(handle)
      rmSync(folder, { recursive: true, force: true })
    })
    return { handle, pid: handle.pid ?? 0, journal }
  }

  return { open, spawnConsumer }
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

export function readJournal(...files: string[]): Seen[] {
  return files.flatMap((file) =>
    existsSync(file)
      ? readFileSync(file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as Seen)
      : [],
  )
}

/**
 * A handler that remembers what it was given and answers `done` unless told otherwise. What it says of a message behind a
 * failed one of the same key doesn't count (the bus gives it again), and is remembered as `void`.
 */
export function recorder(answer: (message: BusMessage, n: number) => Outcome = () => ({ kind: 'done' })) {
  const handled: { key: string; n: number; attempt: number; kind: Outcome['kind'] | 'void' }[] = []
  const handle: BatchHandler = async (messages) => {
    const failed = new Set<string>()
    return messages.map((message) => {
      const n = (message.value as { n: number }).n
      const outcome = answer(message, n)
      handled.push({ key: message.key, n, attempt: message.attempt, kind: failed.has(message.key) ? 'void' : outcome.kind })
      if (outcome.kind !== 'done') failed.add(message.key)
      return outcome
    })
  }
  const done = () => handled.filter(({ kind }) => kind === 'done')
  return { handle, handled, done, of: (key: string) => handled.filter((one) => one.key === key).map(({ n }) => n) }
}

export const numbered = (topic: Topic, keys: readonly string[], count: number, first = 1) =>
  Array.from({ length: count }, (_, at) => keys.map((key) => ({ topic: topic.name, key, value: { n: first + at } }))).flat()

export const upTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)

/** The first time each n of a key was done, in the order it happened: redelivery may repeat, it may not reorder. */
export function firstTimes(seen: readonly { key: string; n: number }[], key: string): number[] {
  return [...new Set(seen.filter((one) => one.key === key).map(({ n }) => n))]
}

/** One key per partition, so that a test can speak of partitions. */
export function keyForEachPartition(topic: Topic): string[] {
  const keys = new Map<number, string>()
  for (let at = 0; keys.size < topic.partitions; at++) {
    const partition = partitionOf(`key-${at}`, topic.partitions)
    if (!keys.has(partition)) keys.set(partition, `key-${at}`)
  }
  return [...keys.entries()].sort(([a], [b]) => a - b).map(([, key]) => key)
}

export const eventually = <T>(check: () => T | Promise<T>, timeout = 25_000): Promise<T> => vi.waitFor(check, { timeout, interval: 25 })

export async function eventuallyHealthy(subscription: Subscription): Promise<void> {
  await eventually(() => expect(subscription.isHealthy()).toBe(true))
}
