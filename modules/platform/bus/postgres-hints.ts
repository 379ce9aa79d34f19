import pg from 'pg'
import { pause } from '../clock.ts'
import type { Logger } from '../log.ts'

const CHANNEL = 'weft_bus'
const RECONNECT_MS = 1_000
const CHECK_MS = 30_000

/**
 * NOTIFY as a hint: it only shortens the wait of a poll. It is sent after the commit, outside of it, at most one at a time,
 * because notifying transactions queue for one lock and would hold it while their commit reaches the disk.
 */
export class Hints {
  private readonly options: { pool: pg.Pool; connection: pg.ClientConfig; log: Logger }
  private readonly wakers = new Set<{ topic: string; wake: () => void }>()
  private readonly pending = new Set<string>()
  private readonly stopping = new AbortController()
  private listening: Promise<void> | undefined
  private isSending = false

  constructor(options: { pool: pg.Pool; connection: pg.ClientConfig; log: Logger }) {
    this.options = options
  }

  /** Wakes consumers of these topics in every process. */
  send(topics: ReadonlySet<string>): void {
    for (const topic of topics) this.pending.add(topic)
    if (!this.isSending) void this.sendPending()
  }

  /** Calls `wake` when something was published to the topic; the first call opens the listening connection. */
  onPublished(topic: string, wake: () => void): () => void {
    const waker = { topic, wake }
    this.wakers.add(waker)
    this.listening ??= this.listen()
    return () => this.wakers.delete(waker)
  }

  async close(): Promise<void> {
    this.stopping.abort()
    await this.listening
  }

  private async sendPending(): Promise<void> {
    this.isSending = true
    while (this.pending.size > 0) {
      const topics = [...this.pending].join(',')
      this.pending.clear()
      // A hint that can't be sent is no loss: consumers poll.
      await this.options.pool
        .query({ name: 'bus_hint', text: 'select pg_notify($1, $2)', values: [CHANNEL, topics] })
        .catch(() => undefined)
    }
    this.isSending = false
  }

  private async listen(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const client = new pg.Client(this.options.connection)
      try {
        await this.listenOn(client)
      } catch (error) {
        this.options.log.warn({ error }, 'the listening connection of the bus broke; polling until it is back')
      }
      // Only here, when connecting is over: ending a client that still connects leaves its connect() waiting for ever.
      await client.end().catch(() => undefined)
      await pause(RECONNECT_MS, this.stopping.signal)
    }
  }

  /** Returns when the bus closes; throws when the connection breaks, or silently goes nowhere. */
  private async listenOn(client: pg.Client): Promise<void> {
    const broken = new AbortController()
    client.on('error', () => broken.abort())
    client.on('end', () => broken.abort())
    client.on('notification', ({ payload }) => this.wake((payload ?? '').split(',')))
    await client.connect()
    await client.query(`listen ${CHANNEL}`)
    const over = AbortSignal.any([this.stopping.signal, broken.signal])
    while (!this.stopping.signal.aborted) {
      await pause(CHECK_MS, over)
      if (!this.stopping.signal.aborted) await client.query('select')
    }
  }

  private wake(topics: readonly string[]): void {
    for (const waker of this.wakers) if (topics.includes(waker.topic)) waker.wake()
  }
}
