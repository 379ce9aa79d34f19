import type { ChannelKind, Connector, Http } from '#channels/connector.ts'
import { loadAccess } from '#modules/channels/index.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import { type Clock, monotonicMs, pause } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { Database } from '#platform/db/database.ts'
import { emit } from '#platform/events.ts'
import { type Id, newId } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { type ClaimedCall, claimDeliveries, type Room, type WaitingUpload } from '../claim-deliveries.ts'
import { renewLeases } from '../leases.ts'
import { loadOutgoing, type OutgoingCall } from '../load-outgoing.ts'
import { oldestDue } from '../oldest-due.ts'
import { type HeldAccount, isShort, noteStart, roomOf } from './account.ts'
import { type Calls, createCalls } from './calls.ts'
import { createHeldAccounts, type HeldAccounts, parts, tenantsOf } from './held-accounts.ts'
import { senderMetrics } from './sender-metrics.ts'

export interface SenderOptions {
  channel: ChannelKind
  connector: Connector<unknown>
  /** As `weft_worker`. */
  database: Database
  clock: Clock
  log: Logger
  metrics: Metrics
  http: Http
  keys: KeyRing
  blobs: BlobStore
  /** How long an account stays with a sender that no longer answers, ms. */
  leaseMs?: number
  /** Between looks at all accounts, ms; hints make it look sooner at the accounts they name. */
  pollMs?: number
}

export interface Sender {
  /** There may be something to send on this account; a hint, which may be lost. */
  wake(id: Id<'channelAccount'>): void
  unreadyReasons(): string[]
  /** Starts no call any more, lets running ones end and be written down, gives the accounts back. */
  stop(): Promise<void>
}

/** Between two looks at an account that has more to send: what became ready meanwhile shares a claim. */
const BREATH_MS = 10
const MOST_RUNNING = 200
const SWEEP_MS = 60_000

/**
 * Sends what is due on the channel accounts this process holds. The table of deliveries is the queue: one loop claims from
 * it in sets, each claim commits its attempts, and only then are the calls made (docs/architecture.md, "a message out").
 * Any number of processes may run it; they share the accounts, and what is left takes over when one dies or freezes.
 */
export function startSender(options: SenderOptions): Sender {
  return new ChannelSender(options)
}

class ChannelSender implements Sender {
  readonly #options: SenderOptions
  readonly #leaseMs: number
  readonly #pollMs: number
  readonly #holder = newId('sender')
  readonly #metrics: ReturnType<typeof senderMetrics>
  readonly #calls: Calls
  readonly #held: HeldAccounts
  readonly #loop: Promise<void>
  #waker = new AbortController()
  #stopping = false
  /** Accounts worth a look before the next poll of all. */
  readonly #hot = new Set<Id<'channelAccount'>>()
  /** On the monotonic clock, ms. */
  readonly #times = { renewed: Number.NEGATIVE_INFINITY, goodUntil: Number.NEGATIVE_INFINITY, polled: 0, swept: monotonicMs() }

  constructor(options: SenderOptions) {
    const { leaseMs = 12_000, pollMs = 500, connector, channel } = options
    this.#options = options
    this.#leaseMs = leaseMs
    this.#pollMs = pollMs
    this.#metrics = senderMetrics(options.metrics, channel)
    this.#calls = createCalls({
      ...options,
      holder: this.#holder,
      metrics: this.#metrics,
      goodUntilMs: () => this.#times.goodUntil,
      onEnd: (id) => this.wake(id),
    })
    this.#held = createHeldAccounts({
      ...options,
      holder: this.#holder,
      messagesPerSecond: connector.capabilities.messagesPerSecond,
      running: this.#calls.running,
      onAbandoned: this.#metrics.abandoned,
    })
    this.#loop = this.#run()
  }

  wake(id: Id<'channelAccount'>): void {
    this.#hot.add(id)
    this.#waker.abort()
  }

  unreadyReasons(): string[] {
    const isLate = monotonicMs() - this.#times.renewed > this.#leaseMs * 1.5
    return isLate ? [`the ${this.#options.channel} sender can not reach the database`] : []
  }

  async stop(): Promise<void> {
    this.#stopping = true
    this.#waker.abort()
    await this.#loop
    await this.#calls.drained()
    await this.#held.leave().catch((error: unknown) => {
      this.#options.log.warn({ error }, 'accounts were not given back; their lease runs out by itself')
    })
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      await this.#round().catch(async (error: unknown) => {
        this.#options.log.warn({ error, channel: this.#options.channel }, 'sending stalled; trying again')
        await pause(250)
      })
    }
  }

  async #round(): Promise<void> {
    await this.#renewWhenDue()
    await this.#calls.settleDoubts()
    this.#waker = new AbortController()
    const startedAt = monotonicMs()
    const isFull = startedAt - this.#times.polled >= this.#pollMs
    if (isFull) this.#times.polled = startedAt
    const wanted = isFull ? this.#held.all() : [...this.#hot].flatMap((id) => this.#held.get(id) ?? [])
    this.#hot.clear()
    for (const part of parts(wanted)) for (const id of await this.#claim(part)) this.#hot.add(id)
    await pause(BREATH_MS)
    const untilPoll = this.#times.polled + this.#pollMs - monotonicMs()
    if (this.#hot.size === 0 && !this.#stopping) await pause(Math.max(0, untilPoll), this.#waker.signal)
  }

  async #renewWhenDue(): Promise<void> {
    const { database, clock, channel } = this.#options
    const startedAt = monotonicMs()
    if (startedAt - this.#times.renewed < this.#leaseMs / 4) return
    const sender = { holder: this.#holder, channel, leaseMs: this.#leaseMs }
    const leases = await database.platformTransaction(clock, (tx) => renewLeases(tx, sender))
    this.#times.renewed = startedAt
    // Ours ends earlier than the database's by a fifth, for clocks that run apart and for the way to the socket.
    this.#times.goodUntil = startedAt + this.#leaseMs * 0.8
    await this.#held.follow(leases)
    if (startedAt - this.#times.swept > SWEEP_MS) {
      this.#times.swept = startedAt
      await this.#held.sweep()
    }
    const accounts = this.#held.all()
    this.#metrics.held(accounts.map((account) => account.circuit.state))
    this.#metrics.oldestDue(await oldestDueAge(database, clock, accounts))
  }

  /** One claim over some of the held accounts. @returns those worth another look soon: more may wait there than they may send now */
  async #claim(accounts: readonly HeldAccount[]): Promise<Id<'channelAccount'>[]> {
    const rooms = accounts.flatMap((account) => roomsOf(account, monotonicMs()))
    for (const account of accounts) this.#calls.show(account)
    const short = accounts.filter((account) => isShort(account, monotonicMs())).map((account) => account.lease.channelAccountId)
    const limit = MOST_RUNNING - this.#calls.running().length
    if (rooms.length === 0 || limit <= 0 || monotonicMs() >= this.#times.goodUntil) return short
    const { calls, uploads, access, windowClosed } = await this.#commitClaim(rooms, limit)
    for (const [id, found] of access) {
      const account = this.#held.get(id)
      if (account) account.access = found
    }
    this.#metrics.windowClosed(windowClosed)
    for (const work of [...calls, ...uploads]) this.#start(work)
    if (windowClosed > 0) return accounts.map((account) => account.lease.channelAccountId)
    return [...short, ...[...calls, ...uploads].map((work) => work.channelAccountId)]
  }

  async #commitClaim(rooms: readonly Room[], limit: number) {
    const { database, clock, connector } = this.#options
    let committing: ClaimedCall[] = []
    const claim = {
      ...{ holder: this.#holder, rooms, limit, hasReplyWindow: connector.capabilities.replyWindowHours !== null },
      ...{ restingLines: this.#calls.restingLines(monotonicMs()), uploading: this.#calls.uploading() },
    }
    try {
      return await database.batchTransaction(tenantsOf(rooms), clock, async (tx) => {
        const found = await claimDeliveries(tx, claim)
        committing = found.calls
        const called = new Set([...found.calls, ...found.uploads].map((work) => work.channelAccountId))
        const leases = [...called].flatMap((id) => this.#held.get(id)?.lease ?? [])
        const access = await loadAccess(tx, leases, (id) => this.#held.get(id)?.access ?? null, this.#options)
        const calls = await loadOutgoing(tx, found.calls)
        await emit(tx, found.events)
        return { ...found, calls, access }
      })
    } catch (error) {
      this.#calls.doubt(committing)
      throw error
    }
  }

  #start(work: OutgoingCall | WaitingUpload): void {
    const account = this.#held.get(work.channelAccountId)
    // Claimed under its lease a moment ago, and let go only by the loop that is here.
    if (!account) throw new Error('claimed for an account that is not held')
    noteStart(account, monotonicMs())
    if ('attemptId' in work) this.#calls.make(account, work)
    else this.#calls.upload(account, work)
  }
}

function roomsOf(account: HeldAccount, nowMs: number): Room[] {
  const room = roomOf(account, nowMs)
  const lanes = (['interactive', 'bulk'] as const).filter((lane) => room[lane] > 0)
  return lanes.map((lane) => ({ ...account.lease, lane, calls: room[lane] }))
}

/** Seconds; accounts whose circuit is open are left out, because more senders would not help them. */
async function oldestDueAge(database: Database, clock: Clock, accounts: readonly HeldAccount[]): Promise<number> {
  const open = accounts.filter((account) => account.circuit.state === 'closed').map((account) => account.lease)
  let oldest = clock.now().getTime()
  for (const part of parts(open)) {
    const due = await database.batchTransaction(tenantsOf(part), clock, (tx) => oldestDue(tx, part))
    if (due) oldest = Math.min(oldest, due.getTime())
  }
  return (clock.now().getTime() - oldest) / 1_000
}
