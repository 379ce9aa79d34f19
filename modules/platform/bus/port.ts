/**
 * The bus between channels and workers: publish a batch, subscribe a group to one topic. No buffers, offsets or assigners in
 * it, so that a worker cannot tell PostgreSQL from Kafka. Two adapters fulfil it, held to one contract suite.
 */

export interface BusRecord {
  topic: string
  /** Order is kept per key. */
  key: string
  /** JSON-serialisable; validated against the topic's schema by whoever publishes and again by whoever consumes. */
  value: unknown
}

export interface BusMessage {
  topic: string
  key: string
  value: unknown
  /** When the bus took it, for lag in seconds. */
  publishedAt: Date
  /** 1 at first sight; grows with each try of a parked message. */
  attempt: number
}

/**
 * What became of one message. `later`: this message, and every later one of its key, is parked and tried again in order
 * at growing intervals; `never`: parked at once, until a person replays or skips it. The partition goes on meanwhile.
 */
export type Outcome = { kind: 'done' } | { kind: 'later'; reason: string } | { kind: 'never'; reason: string }

/**
 * Handles a fetch at once. Answers one outcome per message, in order. Calls may overlap (a fetch while parked messages are
 * tried again), though never for the same key. The signal says that the batch was taken away meanwhile: finishing it is
 * allowed, giving up by throwing is quicker. Throwing means "nothing happened, the world is down"
 * (no database): the batch is tried again and nothing is parked.
 */
export type BatchHandler = (messages: readonly BusMessage[], signal: AbortSignal) => Promise<Outcome[]>

export interface Subscription {
  /** Stops fetching, lets the running batch finish and commits it. */
  stop(): Promise<void>
  /** True while the group's fetch loop is alive and owns or awaits partitions; feeds `/readyz`. */
  isHealthy(): boolean
}

export interface SubscribeOptions {
  topic: string
  /** Named `<worker>.<topic>`: one group per topic, so adding a channel never needs a new group id. */
  group: string
  /** Most messages per call of the handler. */
  maxBatch: number
  handle: BatchHandler
}

export interface TopicLag {
  topic: string
  group: string
  /** Messages published and not yet handled, parked ones not counted. */
  messages: number
  parked: number
}

export interface ParkedMessage {
  id: string
  group: string
  topic: string
  key: string
  /** How often a handler was given it; 0 for a message that merely waits behind an earlier one of its key. */
  attempt: number
  reason: string
  /** When it is tried again by itself; null = only a person unblocks its key. */
  dueAt: Date | null
  parkedAt: Date
}

export interface Bus {
  /**
   * Publishes all records or throws `BusUnavailable`; when it throws, some may have been written (consumers are idempotent),
   * and the caller must treat none as accepted. Order within one call is kept per key.
   */
  publish(records: readonly BusRecord[]): Promise<void>
  subscribe(options: SubscribeOptions): Promise<Subscription>
  lag(): Promise<TopicLag[]>
  parked: {
    list(filter: { group?: string; limit: number }): Promise<ParkedMessage[]>
    /** Tries the head of its key again now. */
    replay(id: string): Promise<boolean>
    /** Gives the message up (kept for the record) and lets its key go on. */
    skip(id: string, by: string): Promise<boolean>
  }
  close(): Promise<void>
}

/** Nothing may be assumed accepted: ingress answers 503 and the provider sends again. */
export class BusUnavailable extends Error {
  override name = 'BusUnavailable'
}

/** The bus can't be used as it is set up; the message says what is wrong and what to do. Start-up ends with it. */
export class BusRefused extends Error {
  override name = 'BusRefused'
}
