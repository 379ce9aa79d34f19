import type { Pool, PoolClient } from 'pg'
import { monotonicMs, pause } from '#platform/clock.ts'
import { LOG_CHANNEL, type LogNotification, parseLogNotification } from '#platform/event-log/notification.ts'
import type { Logger } from '#platform/log.ts'

export interface LogListenerOptions {
  pool: Pool
  log: Logger
  onNotification(notification: LogNotification): void
  /** Notifications of this shard, or of all, may have been missed: look at every tenant concerned. */
  onGap(shard?: number): void
  /** How often to check that no notification was lost. */
  checkMs: number
}

export interface LogListener {
  /** Since when there has been no connection, monotonic ms; undefined while there is one. */
  disconnectedSince(): number | undefined
  stop(): Promise<void>
}

/**
 * Keeps one connection of the pool listening to the sequencer. Notifications are only a hint: after each reconnection, and
 * whenever the log has moved on without one, whoever waits is told to look for themselves.
 */
export function listenToLog(options: LogListenerOptions): LogListener {
  const { pool, log } = options
  const stopping = new AbortController()
  let disconnectedSince: number | undefined = monotonicMs()

  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        await listenUntilBroken(pool, options, stopping.signal, () => {
          disconnectedSince = undefined
        })
      } catch (error) {
        disconnectedSince ??= monotonicMs()
        log.warn({ error }, 'the connection that listens for events broke; connecting again')
        await pause(500, stopping.signal)
      }
    }
  })()

  return {
    disconnectedSince: () => disconnectedSince,
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

async function listenUntilBroken(pool: Pool, options: LogListenerOptions, signal: AbortSignal, onListening: () => void): Promise<void> {
  const client = await pool.connect()
  const broken = new AbortController()
  let cause: Error | undefined
  const onError = (error?: Error) => {
    cause = error ?? new Error('the server closed the connection')
    broken.abort()
  }
  const stopWaiting = () => broken.abort()
  client.on('error', onError)
  client.on('end', onError)
  signal.addEventListener('abort', stopWaiting)
  try {
    const check = lossCheck(client, options)
    await client.query(`listen ${LOG_CHANNEL}`)
    onListening()
    options.onGap()
    while (!broken.signal.aborted) {
      await check()
      await pause(options.checkMs, broken.signal)
    }
    if (cause) throw cause
  } finally {
    signal.removeEventListener('abort', stopWaiting)
    // Never back into the pool: it would go on listening for whoever gets it next. It keeps its error listener, because a
    // connection that breaks says so twice and the second time must not end the process.
    client.release(true)
  }
}

/**
 * Compares what was notified with where the log stands. A position seen at the last check and still not notified has been
 * lost; a newer one may simply be on its way.
 */
function lossCheck(client: PoolClient, options: LogListenerOptions): () => Promise<void> {
  const notified = new Map<number, number>()
  let seenBefore = new Map<number, number>()
  client.on('notification', ({ channel, payload }) => {
    if (channel !== LOG_CHANNEL) return
    const notification = parseLogNotification(payload ?? '')
    if (!notification) return options.onGap()
    notified.set(notification.shard, notification.position)
    options.onNotification(notification)
  })
  return async () => {
    const { rows } = await client.query<{ shard: number; position: number }>('select shard, position from bus.log_shards')
    for (const [shard, position] of seenBefore) {
      if ((notified.get(shard) ?? 0) >= position) continue
      notified.set(shard, position)
      options.onGap(shard)
    }
    seenBefore = new Map(rows.map((row) => [row.shard, row.position]))
    // Where the log stood when we began to listen was told by nobody, and everybody looked then.
    for (const [shard, position] of seenBefore) if (!notified.has(shard)) notified.set(shard, position)
  }
}
