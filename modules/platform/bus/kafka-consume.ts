import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { monotonicMs, pause } from '../clock.ts'
import type { BusContext } from './adapter.ts'
import { Drainer } from './drainer.ts'
import { within } from './group-commit.ts'
import { HandlerRunner } from './handler-runner.ts'
import { PATIENCE } from './kafka-cluster.ts'
import { type Chunk, Gather } from './kafka-gather.ts'
import type { Fetched } from './outcomes.ts'
import { type Lane, park, parkedKeysAmong } from './parking.ts'
import type { SubscribeOptions, Subscription } from './port.ts'
import type { Topic } from './topics.ts'

const FETCH_BYTES = 8_000_000
const PARTITION_BYTES = 1_048_576
const FETCH_WAIT_MS = 100
const RESTART_MS = 1_000
const DISCONNECT_MS = 10_000

/** kafkajs' own names for the topic and the group. */
export interface KafkaNames {
  topic: string
  group: string
}

type Offsets = Parameters<EachBatchPayload['commitOffsetsIfNecessary']>[0]

/** One partition's messages, and its way to commit. */
interface KafkaChunk extends Chunk {
  partition: number
  lastOffset: string
  commit(offsets: Offsets): Promise<void>
}

/** The messages are handled and only the commit failed: kafkajs must hear of it, the handler must not run again. */
class CommitFailed extends Error {
  override name = 'CommitFailed'
}

/**
 * A group's consumer on Kafka. It outlives kafkajs consumers: one that crashes, or shows no sign of life for two session
 * timeouts, is replaced by a new one.
 */
export class KafkaSubscription implements Subscription {
  private readonly context: BusContext
  private readonly kafka: Kafka
  private readonly topic: Topic
  private readonly names: KafkaNames
  private readonly options: SubscribeOptions
  private readonly lane: Lane
  private readonly runner: HandlerRunner
  private readonly drainer: Drainer
  private readonly stopping = new AbortController()
  private readonly loop: Promise<void>
  private lastSignMs = Number.NEGATIVE_INFINITY

  constructor(context: BusContext, kafka: Kafka, topic: Topic, names: KafkaNames, options: SubscribeOptions) {
    this.context = context
    this.kafka = kafka
    this.topic = topic
    this.names = names
    this.options = options
    this.lane = { group: options.group, topic: options.topic }
    this.runner = new HandlerRunner(context, options)
    this.drainer = new Drainer(context, this.lane, this.runner, options.maxBatch)
    this.loop = this.superviseConsumers()
  }

  isHealthy(): boolean {
    return !this.stopping.signal.aborted && this.showsLife() && !this.runner.isStuck()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await Promise.all([this.loop, this.drainer.stop()])
  }

  private showsLife(): boolean {
    return monotonicMs() - this.lastSignMs < 2 * this.context.timing.sessionTimeoutMs
  }

  private async superviseConsumers(): Promise<void> {
    const { log } = this.context
    while (!this.stopping.signal.aborted) {
      const consumer = this.newConsumer()
      const lifetime = new AbortController()
      try {
        await this.startAndWatch(consumer, lifetime)
      } catch (error) {
        log.warn({ error, group: this.options.group }, 'a Kafka consumer ended; starting another')
      }
      if (this.stopping.signal.aborted) {
        // Waits for the running batch and commits it.
        await consumer.disconnect().catch((error) => log.warn({ error, group: this.options.group }, 'a Kafka consumer did not end cleanly'))
        return lifetime.abort()
      }
      lifetime.abort()
      await within(DISCONNECT_MS, 'disconnecting', consumer.disconnect()).catch(() => undefined)
      await pause(RESTART_MS, this.stopping.signal)
    }
  }

  private newConsumer(): Consumer {
    const { sessionTimeoutMs } = this.context.timing
    return this.kafka.consumer({
      groupId: this.names.group,
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(3_000, sessionTimeoutMs / 3),
      rebalanceTimeout: 60_000,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: PARTITION_BYTES,
      maxWaitTimeInMs: FETCH_WAIT_MS,
      // Whoever supervises restarts; kafkajs restarting by itself as well would make two.
      retry: { ...PATIENCE, restartOnFailure: async () => false },
    })
  }

  /** Returns when stop() was called; throws when the consumer crashed or went silent. */
  private async startAndWatch(consumer: Consumer, lifetime: AbortController): Promise<void> {
    let crash: Error | undefined
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      crash = payload.error
    })
    const { GROUP_JOIN, HEARTBEAT, FETCH, END_BATCH_PROCESS, COMMIT_OFFSETS } = consumer.events
    const alive = () => {
      this.lastSignMs = monotonicMs()
    }
    for (const event of [GROUP_JOIN, HEARTBEAT, FETCH, END_BATCH_PROCESS, COMMIT_OFFSETS] as const) consumer.on(event, alive)
    await consumer.connect()
    await consumer.subscribe({ topics: [this.names.topic], fromBeginning: true })
    const gather = new Gather<KafkaChunk>(this.options.maxBatch, (chunks) => this.handle(chunks, lifetime.signal))
    alive()
    await consumer.run({
      // kafkajs would commit once for each partition; the gathered ones are committed together.
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: this.topic.partitions,
      eachBatch: (payload) => this.consumeBatch(payload, gather, lifetime.signal),
    })
    while (!this.stopping.signal.aborted) {
      if (crash) throw crash
      if (!this.showsLife()) throw new Error('no sign of life for two session timeouts')
      await pause(this.context.timing.pollMs, this.stopping.signal)
    }
  }

  /** One partition's part of a fetch. Returning without resolving leaves the rest to the next fetch. */
  private async consumeBatch(payload: EachBatchPayload, gather: Gather<KafkaChunk>, lifetime: AbortSignal): Promise<void> {
    const heart = keepBeating(payload.heartbeat, Math.min(1_000, this.context.timing.sessionTimeoutMs / 6))
    const mayGoOn = () => payload.isRunning() && !payload.isStale() && !heart.failure && !lifetime.aborted
    try {
      const { messages, partition } = payload.batch
      for (let at = 0; at < messages.length && mayGoOn(); at += this.options.maxBatch) {
        const part = messages.slice(at, at + this.options.maxBatch)
        const lastOffset = part.at(-1)?.offset ?? ''
        const fetched = part.map((message) => fetchedOf(this.options.topic, partition, message))
        const chunk = { messages: fetched, partition, lastOffset, commit: payload.commitOffsetsIfNecessary }
        if (!(await this.untilHandled(gather, chunk, mayGoOn, () => payload.resolveOffset(lastOffset)))) break
      }
    } finally {
      heart.stop()
    }
    // kafkajs rejoins the group on this; until then the group waits for us.
    if (heart.failure) throw heart.failure
  }

  /** @returns false when it should not be tried any longer; @throws what kafkajs must know: the group moved on, the broker is gone */
  private async untilHandled(gather: Gather<KafkaChunk>, chunk: KafkaChunk, mayGoOn: () => boolean, resolve: () => void): Promise<boolean> {
    while (mayGoOn()) {
      try {
        await gather.add(chunk)
        resolve()
        return true
      } catch (error) {
        if (error instanceof CommitFailed) {
          resolve()
          throw error.cause
        }
        await this.runner.pauseAfterFailure(this.stopping.signal)
      }
    }
    return false
  }

  /** What is parked is in the database before any offset is committed; redelivery finds it there. */
  private async handle(chunks: readonly KafkaChunk[], lifetime: AbortSignal): Promise<void> {
    const { database, clock, timing } = this.context
    const messages = chunks.flatMap((chunk) => chunk.messages)
    const keys = [...new Set(messages.map((message) => message.key))]
    const parkedKeys = await this.asking(parkedKeysAmong(database, this.lane, keys))
    const parks = await this.runner.run(messages, parkedKeys, lifetime)
    if (parks.length > 0) {
      await this.asking(database.platformTransaction(clock, (tx) => park(tx, this.lane, parks, timing.parkDelaysMs[0] ?? 0)))
    }
    const partitions = chunks.map(({ partition, lastOffset }) => ({ partition, offset: String(BigInt(lastOffset) + 1n) }))
    await chunks[0]?.commit({ topics: [{ topic: this.names.topic, partitions }] }).catch((error) => {
      throw new CommitFailed('offsets could not be committed', { cause: error })
    })
  }

  private asking<T>(database: Promise<T>): Promise<T> {
    return database.catch((error) => {
      this.runner.noteFailure(error, 'the database that holds what is parked does not answer; Kafka is consumed again when it does')
      throw error
    })
  }
}

/** Heartbeats while a handler runs, however long: kafkajs itself only beats between batches. */
function keepBeating(heartbeat: () => Promise<void>, everyMs: number): { failure: unknown; stop(): void } {
  const heart = { failure: undefined as unknown, stop: () => clearInterval(timer) }
  const timer = setInterval(() => {
    heartbeat().catch((error) => {
      heart.failure ??= error
    })
  }, everyMs)
  return heart
}

function fetchedOf(topic: string, partition: number, message: KafkaMessage): Fetched {
  return {
    topic,
    partition,
    position: Number(message.offset),
    key: message.key?.toString('utf8') ?? '',
    value: message.value?.toString('utf8') ?? 'null',
    publishedAt: new Date(Number(message.timestamp)),
    tries: 0,
  }
}
