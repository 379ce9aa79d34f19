import { Connection } from './connection.ts'
import { arrivals } from './schedule.ts'
import { type WebhookPlan, webhookRequest } from './webhooks.ts'

export interface Target {
  host: string
  port: number
  path: string
}

/** What became of the requests; milliseconds from when each was due to its answer. */
export interface Posted {
  elapsedMs: number
  latencies: Float64Array
  /** How often each status was answered; 0 = the connection broke. */
  statuses: Record<number, number>
}

/** Told when each request is due, on this process's monotonic clock. */
export type OnDue = (n: number, dueAt: number) => void

/** A generator that forgets to stop is an attack: no run is longer, and nothing leaves this machine. */
const MOST_MS = 600_000
const MOST_PER_SECOND = 20_000

/** As many requests at a time as there are connections, each answered before its connection sends the next. */
export async function postClosedLoop(options: {
  target: Target
  plan: WebhookPlan
  connections: number
  durationMs: number
}): Promise<Posted> {
  const { target, plan, connections, durationMs } = options
  refuseUnbounded(target, durationMs, 0)
  const tally = newTally()
  const startedAt = performance.now()
  let next = 0
  const worker = async () => {
    const connection = new Connection(target)
    while (performance.now() - startedAt < durationMs) {
      const sentAt = performance.now()
      tally.add(await connection.send(requestOf(plan, next++, target)), performance.now() - sentAt)
    }
    connection.close()
  }
  await Promise.all(Array.from({ length: connections }, worker))
  return tally.posted(performance.now() - startedAt)
}

/**
 * Requests fall due whatever became of the ones before (open loop), and are timed from when they were due: what waits for a free
 * connection waits on the record.
 */
export async function postOpenLoop(options: {
  target: Target
  plan: WebhookPlan
  connections: number
  durationMs: number
  perSecond: number
  seed: number
  onDue?: OnDue
}): Promise<Posted> {
  const { target, plan, durationMs, perSecond, seed, onDue } = options
  refuseUnbounded(target, durationMs, perSecond)
  const due = arrivals({ perSecond, durationMs, seed })
  const tally = newTally()
  const idle = Array.from({ length: options.connections }, () => new Connection(target))
  const all = [...idle]
  const waiting: number[] = []
  const startedAt = performance.now() + 20
  let open = due.length
  let next = 0
  await new Promise<void>((resolve) => {
    const send = async (n: number, connection: Connection): Promise<void> => {
      tally.add(await connection.send(requestOf(plan, n, target)), performance.now() - startedAt - (due[n] ?? 0))
      if (--open === 0) return resolve()
      const queued = waiting.shift()
      if (queued === undefined) idle.push(connection)
      else void send(queued, connection)
    }
    const tick = () => {
      const now = performance.now() - startedAt
      while (next < due.length && (due[next] ?? 0) <= now) {
        onDue?.(next, startedAt + (due[next] ?? 0))
        const connection = idle.pop()
        if (connection) void send(next, connection)
        else waiting.push(next)
        next++
      }
      if (next < due.length) setTimeout(tick, 1)
    }
    tick()
  })
  for (const connection of all) connection.close()
  return tally.posted(performance.now() - startedAt)
}

function requestOf(plan: WebhookPlan, n: number, target: Target): Buffer {
  return webhookRequest(plan, n, { host: target.host, path: target.path, nowSeconds: Math.floor(Date.now() / 1_000) })
}

function refuseUnbounded(target: Target, durationMs: number, perSecond: number): void {
  if (target.host !== '127.0.0.1') throw new Error(`the load generator posts to loopback only, not to ${target.host}`)
  if (durationMs > MOST_MS || perSecond > MOST_PER_SECOND) throw new Error('the load generator refuses so much')
}

function newTally() {
  const latencies: number[] = []
  const statuses: Record<number, number> = {}
  return {
    add: (status: number, latencyMs: number) => {
      statuses[status] = (statuses[status] ?? 0) + 1
      latencies.push(latencyMs)
    },
    posted: (elapsedMs: number): Posted => ({ elapsedMs, latencies: Float64Array.from(latencies), statuses }),
  }
}
