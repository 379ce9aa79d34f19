import { randomUUID } from 'node:crypto'
import { pause } from '../clock.ts'
import type { BusContext } from './adapter.ts'
import { type DueKey, leaseDueKeys, postponeKeys, renewLeases, settleTries, type Tried } from './draining.ts'
import { type HandlerRunner, retryDelayMs } from './handler-runner.ts'
import type { Lane } from './parking.ts'

const KEYS_AT_ONCE = 50
const NOTHING_PARKED: ReadonlySet<string> = new Set()

/**
 * Tries parked messages again when they are due, key by key and in order. Every process that subscribes to a group drains for
 * it; keys are leased, so no two try the same one.
 */
export class Drainer {
  private readonly context: BusContext
  private readonly lane: Lane
  private readonly runner: HandlerRunner
  private readonly perKey: number
  private readonly owner = randomUUID()
  private readonly stopping = new AbortController()
  /** Never aborted: stopping lets the running batch finish. */
  private readonly handling = new AbortController()
  private readonly loop: Promise<void>

  constructor(context: BusContext, lane: Lane, runner: HandlerRunner, perKey: number) {
    this.context = context
    this.lane = lane
    this.runner = runner
    this.perKey = perKey
    this.loop = this.run()
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.loop
  }

  private async run(): Promise<void> {
    const { timing, log } = this.context
    while (!this.stopping.signal.aborted) {
      try {
        const wasBusy = await this.drainOnce()
        if (!wasBusy) await pause(timing.pollMs, this.stopping.signal)
      } catch (error) {
        log.warn({ error, group: this.lane.group }, 'parked messages could not be drained; trying again')
        await pause(timing.backoffMs[1], this.stopping.signal)
      }
    }
  }

  private async drainOnce(): Promise<boolean> {
    const { database, timing } = this.context
    const limits = { leaseMs: timing.leaseMs, keys: KEYS_AT_ONCE, perKey: this.perKey }
    const due = await leaseDueKeys(database, this.lane, this.owner, limits)
    if (due.length === 0) return false
    const renewal = setInterval(() => {
      renewLeases(database, this.lane, this.owner, timing.leaseMs).catch(() => undefined)
    }, timing.leaseMs / 3)
    try {
      await this.tryKeys(due)
    } finally {
      clearInterval(renewal)
    }
    return true
  }

  private async tryKeys(due: readonly DueKey[]): Promise<void> {
    const { database, clock, timing } = this.context
    const messages = due.flatMap((key) => key.messages)
    let tried: Tried[]
    try {
      const parks = await this.runner.run(messages, NOTHING_PARKED, this.handling.signal)
      tried = due.map((key) => ({ due: key, failed: failureOf(key, parks) }))
    } catch {
      await postponeKeys(database, this.lane, this.owner, timing.backoffMs[1])
      return
    }
    await settleTries(database, clock, this.lane, this.owner, tried, (tries) => retryDelayMs(timing, tries))
  }
}

function failureOf(key: DueKey, parks: Awaited<ReturnType<HandlerRunner['run']>>): Tried['failed'] {
  for (const message of key.messages) {
    const found = parks.find((one) => one.message === message)
    if (found && found.kind !== 'behind') return { id: message.id, tries: message.tries + 1, kind: found.kind, reason: found.reason }
  }
  return null
}
