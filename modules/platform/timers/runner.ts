import { type Clock, monotonicMs, pause } from '../clock.ts'
import type { Database, PlatformTx } from '../db/database.ts'
import { emit } from '../events.ts'
import { fromUuid } from '../ids.ts'
import { LIMITS } from '../limits.ts'
import type { Logger } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { TimerHandler, TimerRow } from './handler.ts'

export interface TimersOptions {
  /** As `weft_worker`. */
  database: Database
  clock: Clock
  log: Logger
  metrics: Metrics
  handlers: readonly TimerHandler[]
  /** Most timers of a kind fired in one transaction. */
  batch?: number
}

export interface RunningTimers {
  unreadyReasons(): string[]
  stop(): Promise<void>
}

/** Five polls a second. */
const POLL_MS = 200
const UNREADY_MS = 10_000

/**
 * Fires what is due, each kind in a loop of its own, in sets, by the database's clock. Any number of processes may run it:
 * rows one has claimed are skipped by the others.
 */
export function startTimers(options: TimersOptions): RunningTimers {
  const stopping = new AbortController()
  const fireDue = firing(options)
  const polledAt = new Map(options.handlers.map((handler) => [handler.kind, monotonicMs()]))

  const loop = async (handler: TimerHandler) => {
    while (!stopping.signal.aborted) {
      const isFull = await fireDue(handler).then(
        (more) => {
          polledAt.set(handler.kind, monotonicMs())
          return more
        },
        (error: unknown) => {
          options.log.warn({ error, kind: handler.kind }, 'timers could not be fired; trying again')
          return false
        },
      )
      if (!isFull) await pause(POLL_MS, stopping.signal)
    }
  }
  const running = Promise.all(options.handlers.map(loop))

  return {
    unreadyReasons: () =>
      [...polledAt].flatMap(([kind, at]) =>
        monotonicMs() - at > UNREADY_MS ? [`timers of kind ${kind} could not be polled for 10 s`] : [],
      ),
    stop: async () => {
      stopping.abort()
      await running
    },
  }
}

type Claim = (tx: PlatformTx) => Promise<(TimerRow & { now: Date })[]>

/** @returns a function that fires one set of a kind and says whether there is surely more */
function firing({ database, clock, log, metrics, batch = 200 }: TimersOptions): (handler: TimerHandler) => Promise<boolean> {
  const fired = metrics.counter('weft_timers_fired_total', 'Timers fired', ['kind'])
  const failed = metrics.counter('weft_timers_failed_total', 'Timers whose handler failed and that are tried later', ['kind'])
  const late = metrics.histogram('weft_timers_late_seconds', 'From a timer being due to its effect', ['kind'])

  const fireSet = async (handler: TimerHandler, claim: Claim): Promise<readonly TimerRow[]> => {
    const rows = await claimed(database, clock, claim, handler)
    for (const row of rows) {
      fired.inc({ kind: handler.kind })
      late.observe({ kind: handler.kind }, (row.now.getTime() - row.due_at.getTime()) / 1_000)
    }
    return rows
  }

  /** A set that fails is halved until the one timer at fault stands alone; that one waits and the others fire. */
  const fireHalves = async (handler: TimerHandler, rows: readonly TimerRow[]): Promise<void> => {
    const [only] = rows
    try {
      await fireSet(handler, claimThese(handler.kind, rows))
    } catch (error) {
      if (rows.length === 1 && only) {
        failed.inc({ kind: handler.kind })
        log.warn({ error, kind: handler.kind, objectId: only.object_id }, 'a timer failed')
        return postpone(database, handler.kind, only, error)
      }
      const middle = Math.ceil(rows.length / 2)
      await fireHalves(handler, rows.slice(0, middle))
      await fireHalves(handler, rows.slice(middle))
    }
  }

  return async (handler) => {
    let seen: readonly TimerRow[] = []
    const claim: Claim = async (tx) => {
      const rows = await claimDue(handler.kind, batch)(tx)
      seen = rows
      return rows
    }
    await fireSet(handler, claim).catch(async (error: unknown) => {
      if (seen.length === 0) throw error
      await fireHalves(handler, seen)
    })
    return seen.length === batch
  }
}

/** Claims, fires, forgets and emits in one transaction, so that an effect and the end of its timer are one. @returns what was fired */
async function claimed(database: Database, clock: Clock, claim: Claim, handler: TimerHandler): Promise<(TimerRow & { now: Date })[]> {
  return database.platformTransaction(clock, async (tx) => {
    const rows = await claim(tx)
    const first = rows[0]
    if (!first) return []
    const tenants = [...new Set(rows.map((row) => row.tenant_id))]
    await tx.sql("select set_config('app.tenant_ids', $1, true)", [`{${tenants.join(',')}}`], 'set_tenants')
    const tenantIds = tenants.map((uuid) => fromUuid('tenant', uuid))
    const { events, busy } = await handler.fire({ sql: tx.sql, now: first.now, tenantIds }, rows)
    const done = rows.filter((row) => !busy.has(row.object_id))
    await tx.sql(
      `delete from bus.timers t using unnest($1::uuid[], $2::uuid[]) as u(tenant_id, object_id)
       where t.tenant_id = u.tenant_id and t.kind = $3 and t.object_id = u.object_id`,
      [done.map((row) => row.tenant_id), done.map((row) => row.object_id), handler.kind],
      'timers_done',
    )
    await emit(tx, events)
    return done
  })
}

const columns = 't.tenant_id, t.object_id, t.due_at, t.version, t.payload, clock_timestamp() as now'

const claimDue =
  (kind: string, limit: number): Claim =>
  (tx) =>
    tx.sql(
      // statement_timestamp is stable, so the index on (kind, due_at) serves it; clock_timestamp would read every timer.
      `select ${columns} from bus.timers t where t.kind = $1 and t.due_at <= statement_timestamp() order by t.due_at limit $2 for update skip locked`,
      [kind, limit],
      'timers_claim',
    )

const claimThese =
  (kind: string, rows: readonly TimerRow[]): Claim =>
  (tx) =>
    tx.sql(
      `select ${columns} from bus.timers t join unnest($2::uuid[], $3::uuid[]) as u(tenant_id, object_id) on t.tenant_id = u.tenant_id and t.object_id = u.object_id
       where t.kind = $1 and t.due_at <= statement_timestamp() order by t.due_at for update of t skip locked`,
      [kind, rows.map((row) => row.tenant_id), rows.map((row) => row.object_id)],
      'timers_claim_these',
    )

/** Tries again after 1, 2, 4 … seconds; after the last try the timer stays, visible to an operator, until it is set anew. */
async function postpone(database: Database, kind: string, row: TimerRow, error: unknown): Promise<void> {
  const failure = error instanceof Error ? error.message : String(error)
  await database.pool.query({
    name: 'timers_postpone',
    text: `update bus.timers
      set tries = tries + 1, failure = left($5, 500),
        due_at = case when tries + 1 >= $6 then 'infinity' else statement_timestamp() + power(2, tries) * interval '1 second' end
      where tenant_id = $1 and kind = $2 and object_id = $3 and version = $4`,
    values: [row.tenant_id, kind, row.object_id, row.version, failure, LIMITS.parkedTries],
  })
}
