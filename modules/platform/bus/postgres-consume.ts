import type pg from 'pg'
import { monotonicMs, pause } from '../clock.ts'
import type { BusContext } from './adapter.ts'
import { Drainer } from './drainer.ts'
import { HandlerRunner } from './handler-runner.ts'
import type { Fetched, Park } from './outcomes.ts'
import { type Lane, park } from './parking.ts'
import type { SubscribeOptions, Subscription } from './port.ts'
import { type Claim, Claims } from './postgres-claims.ts'
import type { Hints } from './postgres-hints.ts'
import type { Logs } from './postgres-logs.ts'

/** What one fetch may weigh in memory; a single larger record still comes, alone in its partition. */
const FETCH_BYTES = 8_000_000
const READ_AGAIN_MS = 1_000

interface Row {
  log_id: number
  position: number
  key: string
  value: string
  published_at: Date
  parked: boolean
}

/** A batch with the claims under which it was read, and where each cursor goes when it is done. */
interface Batch {
  messages: Fetched[]
  parkedKeys: Set<string>
  claims: Map<number, { claim: Claim; position: number }>
}

/**
 * A group's consumer on PostgreSQL: one loop reads what its claimed partitions hold, hands it to the handler, and moves the
 * cursors in one write that compares each claim's epoch. Claims are kept alive by a timer of their own.
 */
export class PostgresSubscription implements Subscription {
  private readonly context: BusContext
  private readonly pool: pg.Pool
  private readonly options: SubscribeOptions
  private readonly lane: Lane
  private readonly runner: HandlerRunner
  private readonly claims: Claims
  private readonly drainer: Drainer
  private readonly stopping = new AbortController()
  private readonly forgetHint: () => void
  private readonly loop: Promise<void>
  private readonly heart: Promise<void>
  private handling = new AbortController()
  private rebalancedAtMs = Number.NEGATIVE_INFINITY
  private sleeping: AbortController | undefined
  private wasWoken = false
  private turn = 0

  constructor(context: BusContext, parts: { pool: pg.Pool; logs: Logs; hints: Hints }, options: SubscribeOptions) {
    this.context = context
    this.pool = parts.pool
    this.options = options
    this.lane = { group: options.group, topic: options.topic }
    this.runner = new HandlerRunner(context, options)
    this.claims = new Claims(parts.pool, options.group, parts.logs.partitionsOf(options.topic), context.timing)
    this.claims.onLost = () => this.handling.abort()
    this.forgetHint = parts.hints.onPublished(options.topic, () => this.wake())
    this.loop = this.run()
    this.heart = this.beat()
    this.drainer = new Drainer(context, this.lane, this.runner, options.maxBatch)
  }

  isHealthy(): boolean {
    return !this.stopping.signal.aborted && this.claims.isAlive() && !this.runner.isStuck()
  }

  async stop(): Promise<void> {
    this.forgetHint()
    this.stopping.abort()
    this.wake()
    await Promise.all([this.loop, this.drainer.stop()])
    await this.heart
    await this.claims.leave().catch((error) => this.context.log.warn({ error, group: this.options.group }, 'claims are left to expire'))
  }

  private wake(): void {
    this.wasWoken = true
    this.sleeping?.abort()
  }

  private async beat(): Promise<void> {
    // Until the loop has ended, not only until stop(): a long last batch keeps its claims while it finishes.
    const ended = new AbortController()
    this.loop.finally(() => ended.abort())
    while (!ended.signal.aborted) {
      await pause(this.context.timing.heartbeatMs, ended.signal)
      if (!ended.signal.aborted) await this.heartbeat()
    }
  }

  private async heartbeat(): Promise<void> {
    await this.claims.heartbeat().catch((error) => this.context.log.warn({ error, group: this.options.group }, 'a bus heartbeat failed'))
  }

  private async run(): Promise<void> {
    await this.heartbeat()
    while (!this.stopping.signal.aborted) {
      try {
        await this.rebalanceNowAndThen()
        const batch = await this.fetch()
        if (batch) await this.handle(batch)
        else await this.sleep()
      } catch (error) {
        this.context.log.warn({ error, group: this.options.group }, 'the bus could not be read; trying again')
        await pause(READ_AGAIN_MS, this.stopping.signal)
      }
    }
  }

  private async rebalanceNowAndThen(): Promise<void> {
    if (monotonicMs() - this.rebalancedAtMs < this.context.timing.rebalanceMs) return
    await this.claims.rebalance()
    this.rebalancedAtMs = monotonicMs()
  }

  private async fetch(): Promise<Batch | null> {
    this.wasWoken = false
    const held = rotated(this.claims.current(), this.turn++)
    if (held.length === 0) return null
    const { rows } = await this.pool.query<Row>({
      name: 'bus_fetch',
      text: FETCH,
      values: [
        this.options.group,
        this.options.topic,
        this.claims.memberId,
        held.map((claim) => claim.logId),
        held.map((claim) => claim.epoch),
        Math.ceil(this.options.maxBatch / held.length),
        Math.ceil(FETCH_BYTES / held.length),
      ],
    })
    return rows.length === 0 ? null : batchOf(this.options, held, rows)
  }

  private async handle(batch: Batch): Promise<void> {
    // Frozen since the fetch? Then others may hold these partitions by now, and only a heartbeat can tell.
    if (this.claims.current().length === 0) return this.sleep()
    this.handling = new AbortController()
    let parks: Park[]
    try {
      parks = await this.runner.run(batch.messages, batch.parkedKeys, this.handling.signal)
    } catch {
      return this.runner.pauseAfterFailure(this.stopping.signal)
    }
    const moves = [...batch.claims.values()]
    const moved = parks.length === 0 ? await this.moveCursors(moves) : await this.moveCursorsAndPark(moves, parks)
    this.claims.forget(moves.map(({ claim }) => claim.logId).filter((logId) => !moved.has(logId)))
  }

  private async moveCursors(moves: readonly Move[]): Promise<Set<number>> {
    const { rows } = await this.pool.query<{ log_id: number }>({ name: 'bus_move', text: MOVE, values: this.moveValues(moves) })
    return new Set(rows.map((row) => row.log_id))
  }

  /** One transaction: a message counts as handled exactly when it is parked, and nothing is parked by whoever lost its claim. */
  private moveCursorsAndPark(moves: readonly Move[], parks: readonly Park[]): Promise<Set<number>> {
    const { database, clock, timing } = this.context
    return database.platformTransaction(clock, async (tx) => {
      const rows = await tx.sql<{ log_id: number }>(MOVE, this.moveValues(moves), 'bus_move')
      const moved = new Set(rows.map((row) => row.log_id))
      const partitions = new Set(moves.filter(({ claim }) => moved.has(claim.logId)).map(({ claim }) => claim.partition))
      const ours = parks.filter(({ message }) => partitions.has(message.partition))
      await park(tx, this.lane, ours, timing.parkDelaysMs[0] ?? 0)
      return moved
    })
  }

  private moveValues(moves: readonly Move[]): unknown[] {
    return [
      this.options.group,
      this.claims.memberId,
      moves.map(({ claim }) => claim.logId),
      moves.map(({ claim }) => claim.epoch),
      moves.map(({ position }) => position),
    ]
  }

  private async sleep(): Promise<void> {
    if (this.wasWoken) return
    this.sleeping = new AbortController()
    await pause(this.context.timing.pollMs, this.sleeping.signal)
    this.sleeping = undefined
  }
}

type Move = { claim: Claim; position: number }

/** Each claimed partition from its cursor on, parked keys marked in the same snapshot; partitions lost since are left out. */
const FETCH = `select r.log_id, r.position, r.key, r.value, r.published_at,
    exists (select from bus.parked_keys k where k.group_name = $1 and k.topic = $2 and k.key = r.key) as parked
  from (
    select c.log_id, c.position from bus.cursors c
    join unnest($4::int[], $5::bigint[]) as mine(log_id, epoch) on mine.log_id = c.log_id and mine.epoch = c.epoch
    where c.group_name = $1 and c.owner = $3) c
  cross join lateral (
    select * from (
      select n.*, sum(octet_length(n.value)) over (order by n.position) - octet_length(n.value) as bytes_before
      from (select * from bus.records n where n.log_id = c.log_id and n.position > c.position order by n.position limit $6) n) n
    where n.bytes_before < $7) r
  order by r.log_id, r.position`

/** Compares owner and epoch, so a process that was frozen and replaced moves nothing. */
const MOVE = `update bus.cursors c set position = moved.position
  from unnest($3::int[], $4::bigint[], $5::bigint[]) as moved(log_id, epoch, position)
  where c.group_name = $1 and c.owner = $2 and c.log_id = moved.log_id and c.epoch = moved.epoch returning c.log_id`

/** Each fetch starts with another partition, so that a small batch doesn't serve the first ones only. */
function rotated<T>(list: readonly T[], turn: number): T[] {
  const start = list.length === 0 ? 0 : turn % list.length
  return [...list.slice(start), ...list.slice(0, start)]
}

function batchOf({ topic, maxBatch }: SubscribeOptions, held: readonly Claim[], rows: readonly Row[]): Batch {
  const batch: Batch = { messages: [], parkedKeys: new Set(), claims: new Map() }
  const byLog = new Map<number, Row[]>(held.map((claim) => [claim.logId, []]))
  for (const row of rows) byLog.get(row.log_id)?.push(row)
  for (const claim of held) {
    for (const { position, key, value, published_at, parked } of byLog.get(claim.logId) ?? []) {
      if (batch.messages.length === maxBatch) return batch
      batch.messages.push({ topic, partition: claim.partition, position, key, value, publishedAt: published_at, tries: 0 })
      if (parked) batch.parkedKeys.add(key)
      batch.claims.set(claim.logId, { claim, position })
    }
  }
  return batch
}
