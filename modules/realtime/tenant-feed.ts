import { type Clock, pause } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { readHead, readLog } from '#platform/event-log/reader.ts'
import type { Id } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import { type Batch, prepareBatch } from './batch.ts'
import { sequenceOf } from './cursor.ts'
import { needsReach } from './sight.ts'
import type { StreamMetrics } from './stream-metrics.ts'
import { deliver, reset, type Subscription, tell } from './subscription.ts'
import type { RowLoaders } from './types.ts'

/** Events read at once. */
const PAGE = 200
const RETRY_MS = 500

type Limit = <T>(work: () => Promise<T>) => Promise<T>

export interface FeedOptions {
  database: Database
  clock: Clock
  log: Logger
  loaders: RowLoaders
  metrics: StreamMetrics
  /** How many reads run at once in this process; streams that catch up wait apart from those that are current. */
  limits: { current: Limit; behind: Limit }
  /** How long a full buffer may stay full before its stream is cut, ms. */
  slowClientMs: number
}

/**
 * One tenant's log on its way to the streams of this process. Streams at the end of the log advance together, their rows
 * loaded once; one that is behind (just opened, or reading slowly) advances alone until it is current.
 */
export class TenantFeed {
  readonly #tenantId: Id<'tenant'>
  readonly #options: FeedOptions
  readonly #current = new Set<Subscription>()
  /** How far the current ones have come: none of them is behind it. */
  #position = 0
  #hasNews = false
  #isAdvancing = false
  #advancing = Promise.resolve()

  constructor(tenantId: Id<'tenant'>, options: FeedOptions) {
    this.#tenantId = tenantId
    this.#options = options
  }

  /** Serves a stream from its place on until it is current; from then on it advances with the others. */
  async follow(subscription: Subscription, lastEventId: string | null): Promise<void> {
    await this.#persist(subscription, () => this.#begin(subscription, lastEventId))
    await this.#catchUp(subscription)
  }

  leave(subscription: Subscription): void {
    this.#current.delete(subscription)
  }

  /** There may be something new, up to `head` if that is known. */
  wake(head?: number): void {
    if (head !== undefined && head <= this.#position) return
    this.#hasNews = true
    if (!this.#isAdvancing) this.#advancing = this.#advance()
  }

  /** Asks anew what the member may see, and ends the stream of one who may see nothing any more. */
  async refresh(subscription: Subscription): Promise<void> {
    const ability = await subscription.subscriber.presentAbility()
    if (ability) subscription.ability = ability
    else this.#cut(subscription, 'ended')
  }

  /** Resolves when the current ones are no longer being read for. */
  settled(): Promise<void> {
    return this.#advancing
  }

  /** The place first, then the ability: a change of ability after that place is in the log and will be met there. */
  async #begin(subscription: Subscription, lastEventId: string | null): Promise<boolean> {
    const head = await this.#read('behind', (tx) => readHead(tx, this.#tenantId))
    await this.refresh(subscription)
    const place = lastEventId === null ? head : sequenceOf(this.#tenantId, lastEventId)
    subscription.sequence = place ?? head
    subscription.isOpen = true
    if (place === undefined) reset(subscription, 'unknown_cursor', head)
    else tell(subscription, { type: 'heartbeat' })
    return true
  }

  async #catchUp(subscription: Subscription): Promise<void> {
    await this.#persist(subscription, async () => {
      if (!(await subscription.stream.hasRoomWithin(this.#options.slowClientMs))) {
        this.#cut(subscription, 'slow')
        return true
      }
      const { last, isFull } = await this.#step(subscription.sequence, () => [subscription], 'behind')
      return !isFull && subscription.sequence >= last && this.#join(subscription)
    })
  }

  /** Takes a stream among the current ones, unless those have gone on meanwhile. */
  #join(subscription: Subscription): boolean {
    if (this.#current.size === 0) this.#position = subscription.sequence
    if (subscription.sequence < this.#position) return false
    if (!subscription.stream.isEnded) this.#current.add(subscription)
    this.wake()
    return true
  }

  async #advance(): Promise<void> {
    this.#isAdvancing = true
    while (this.#hasNews && this.#current.size > 0) {
      this.#hasNews = false
      try {
        const { last, isFull } = await this.#step(this.#position, () => [...this.#current], 'current')
        this.#position = last
        if (isFull) this.#hasNews = true
      } catch (error) {
        this.#options.log.warn({ error }, 'streams could not be brought up to date; trying again')
        this.#hasNews = true
        await pause(RETRY_MS)
      }
    }
    this.#isAdvancing = false
  }

  /** Reads on after a place and tells the streams. A current one that can't take part is left to catch up alone. */
  async #step(after: number, streams: () => Subscription[], who: 'current' | 'behind'): Promise<{ last: number; isFull: boolean }> {
    const page = await this.#read(who, async (tx) => {
      const read = await readLog(tx, this.#tenantId, after, PAGE)
      if (read.kind === 'gone') return read
      const everyReach = streams().some(({ ability }) => needsReach(ability))
      const batch = await prepareBatch(tx, this.#options.loaders, { tenantId: this.#tenantId, after, entries: read.entries, everyReach })
      return { kind: 'batch' as const, batch, isFull: read.entries.length === PAGE }
    })
    if (page.kind === 'gone') {
      for (const subscription of streams()) reset(subscription, 'too_old', page.head)
      return { last: page.head, isFull: false }
    }
    await this.#refreshChanged(page.batch, streams)
    const now = this.#options.clock.now().getTime()
    for (const subscription of streams()) {
      const told = deliver(subscription, page.batch)
      if (!told && this.#current.delete(subscription)) void this.#catchUp(subscription)
      if (told && who === 'current') for (const { emittedAt } of told) this.#options.metrics.delayed(now - emittedAt.getTime())
    }
    return { last: page.batch.last, isFull: page.isFull }
  }

  /** Whoever hears of a change of their own ability is judged by the new one; those too who joined while we asked. */
  async #refreshChanged(batch: Batch, streams: () => Subscription[]): Promise<void> {
    const refreshed = new Set<Subscription>()
    const stale = () => streams().filter((one) => batch.abilityChanges.has(one.subscriber.memberId) && !refreshed.has(one))
    for (let next = stale(); next.length > 0; next = stale()) {
      await Promise.all(next.map((subscription) => this.refresh(subscription)))
      for (const subscription of next) refreshed.add(subscription)
    }
  }

  #read<T>(who: 'current' | 'behind', work: (tx: SqlTx) => Promise<T>): Promise<T> {
    const { database, clock, limits } = this.#options
    return limits[who](() => database.tenantRead(this.#tenantId, clock, work))
  }

  /** Repeats `step` until it says it is done or the stream ends; a database that is away is waited for. */
  async #persist(subscription: Subscription, step: () => Promise<boolean>): Promise<void> {
    while (!subscription.stream.isEnded) {
      try {
        if (await step()) return
      } catch (error) {
        this.#options.log.warn({ error }, 'a stream could not be brought up to date; trying again')
        await pause(RETRY_MS)
      }
    }
  }

  #cut(subscription: Subscription, reason: 'slow' | 'ended'): void {
    if (subscription.stream.isEnded) return
    this.#options.metrics.cut(reason)
    subscription.stream.end()
  }
}
