import { abilityOf } from '#platform/authority.ts'
import { type Clock, monotonicMs, pause } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { shardOf } from '#platform/event-log/shards.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { ByteStream } from './byte-stream.ts'
import { createLimiter } from './limiter.ts'
import { listenToLog } from './listener.ts'
import { encodeRetry } from './sse.ts'
import { streamMetrics } from './stream-metrics.ts'
import { type Subscription, tell } from './subscription.ts'
import { type FeedOptions, TenantFeed } from './tenant-feed.ts'
import type { RowLoaders, Subscriber } from './types.ts'

export interface HubOptions {
  /** As `weft_web`; one of its connections is kept for listening. */
  database: Database
  clock: Clock
  log: Logger
  metrics: Metrics
  loaders: RowLoaders
  /** For tests, which can't wait as long as browsers do. All in ms, except the buffer. */
  timing?: Partial<Timing>
}

interface Timing {
  heartbeatMs: number
  /** How often each member's session and ability are asked for anew, whatever the log says. */
  recheckMs: number
  /** How often to look whether a notification was lost. */
  lossCheckMs: number
  slowClientMs: number
  bufferBytes: number
}

const TIMING: Timing = {
  heartbeatMs: LIMITS.sseHeartbeatMs,
  recheckMs: 60_000,
  lossCheckMs: 2_000,
  slowClientMs: 15_000,
  bufferBytes: LIMITS.sseBufferBytes,
}

/** Reads at once: streams at the end of the log, and apart from them those that catch up, of which a restart brings many. */
const READS = { current: 3, behind: 2 }
const UNREADY_MS = 10_000

export interface Hub {
  /**
   * Opens a stream of frames for a member: `text/event-stream` bytes that begin after `lastEventId`, or now when it is null.
   * It ends when the client goes away, `signal` aborts, the session ends, or the client reads too slowly; whoever comes
   * back with the last id they saw misses nothing. Beyond the limit per member the oldest makes room, since it is most
   * likely a connection that died without saying so.
   */
  openStream(subscriber: Subscriber, options: { lastEventId: string | null; signal: AbortSignal }): ReadableStream<Uint8Array>
  unreadyReasons(): string[]
  /** Ends every stream; browsers come back to another process. */
  stop(): Promise<void>
}

/** One per web process: listens to the event log and tells every open stream what its member may see of it. */
export function createHub(options: HubOptions): Hub {
  const { database, log } = options
  const timing = { ...TIMING, ...options.timing }
  const metrics = streamMetrics(options.metrics)
  const limits = { current: createLimiter(READS.current), behind: createLimiter(READS.behind) }
  const feedOptions: FeedOptions = { ...options, metrics, limits, slowClientMs: timing.slowClientMs }
  const feeds = new Map<Id<'tenant'>, OpenFeed>()
  const stopping = new AbortController()

  const listener = listenToLog({
    pool: database.pool,
    log,
    checkMs: timing.lossCheckMs,
    onNotification: ({ heads }) => {
      for (const { tenantUuid, sequence } of heads) feeds.get(fromUuid('tenant', tenantUuid))?.feed.wake(sequence)
    },
    onGap: (shard) => {
      for (const [tenantId, { feed }] of feeds) if (shard === undefined || shardOf(tenantId) === shard) feed.wake()
    },
  })
  const everyStream = () =>
    [...feeds.values()].flatMap(({ feed, open }) => [...open.keys()].map((subscription) => ({ feed, subscription })))
  const heartbeats = setInterval(() => {
    for (const { subscription } of everyStream()) {
      if (subscription.isOpen && !subscription.stream.isFull) tell(subscription, { type: 'heartbeat' })
    }
  }, timing.heartbeatMs)
  const rechecks = recheckForEver(everyStream, timing.recheckMs, log, stopping.signal)

  return {
    openStream: (subscriber, { lastEventId, signal }) => {
      const opened = feeds.get(subscriber.tenantId) ?? { feed: new TenantFeed(subscriber.tenantId, feedOptions), open: new Map() }
      makeRoom(opened, subscriber.memberId, metrics)
      feeds.set(subscriber.tenantId, opened)
      const end = () => stream.end()
      const stream = new ByteStream(timing.bufferBytes, () => {
        signal.removeEventListener('abort', end)
        metrics.closed()
        opened.feed.leave(subscription)
        opened.open.delete(subscription)
        if (opened.open.size === 0 && feeds.get(subscriber.tenantId) === opened) feeds.delete(subscriber.tenantId)
      })
      const subscription: Subscription = {
        subscriber,
        stream,
        metrics,
        sequence: 0,
        ability: abilityOf([], subscriber.memberId),
        isOpen: false,
      }
      metrics.opened()
      stream.write(encodeRetry(Math.random()))
      signal.addEventListener('abort', end)
      opened.open.set(subscription, opened.feed.follow(subscription, lastEventId))
      if (signal.aborted || stopping.signal.aborted) end()
      return stream.body
    },
    unreadyReasons: () => {
      const since = listener.disconnectedSince()
      return since !== undefined && monotonicMs() - since > UNREADY_MS ? ['live updates have no connection to the database'] : []
    },
    stop: async () => {
      stopping.abort()
      clearInterval(heartbeats)
      const ending = [...feeds.values()].flatMap(({ feed, open }) => [...open.values(), feed.settled()])
      for (const { subscription } of everyStream()) subscription.stream.end()
      await Promise.all([...ending, rechecks, listener.stop()])
    },
  }
}

/** A tenant's feed with its open streams, oldest first, and what brings each of them up to date. */
interface OpenFeed {
  feed: TenantFeed
  open: Map<Subscription, Promise<void>>
}

function makeRoom({ open }: OpenFeed, memberId: Id<'member'>, metrics: ReturnType<typeof streamMetrics>): void {
  const own = [...open.keys()].filter(({ subscriber }) => subscriber.memberId === memberId)
  for (const { stream } of own.slice(0, Math.max(0, own.length + 1 - LIMITS.sseStreamsPerMember))) {
    metrics.cut('too_many')
    stream.end()
  }
}

/** A session that was revoked ends its streams, although nothing in the log says so. */
async function recheckForEver(
  everyStream: () => { feed: TenantFeed; subscription: Subscription }[],
  everyMs: number,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, signal)
    for (const { feed, subscription } of signal.aborted ? [] : everyStream()) {
      await feed.refresh(subscription).catch((error: unknown) => log.warn({ error }, 'a session could not be checked again'))
    }
  }
}
