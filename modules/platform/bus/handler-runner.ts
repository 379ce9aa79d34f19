import { monotonicMs, pause } from '../clock.ts'
import { LIMITS } from '../limits.ts'
import type { BusContext } from './adapter.ts'
import { type Fetched, handleInOrder, type Park } from './outcomes.ts'
import type { SubscribeOptions } from './port.ts'
import type { BusTiming } from './timing.ts'

/**
 * One group's handler as both adapters and the drainer call it: measured, watched, and with a growing pause after it threw.
 */
export class HandlerRunner {
  private readonly context: BusContext
  private readonly options: SubscribeOptions
  private failuresInARow = 0
  private readonly calls = new Set<{ startedMs: number }>()

  constructor(context: BusContext, options: SubscribeOptions) {
    this.context = context
    this.options = options
  }

  /** @throws whatever the handler throws, after counting it; see {@link pauseAfterFailure} */
  async run(fetched: readonly Fetched[], parkedKeys: ReadonlySet<string>, signal: AbortSignal): Promise<Park[]> {
    const { instruments } = this.context
    const group = this.options.group
    const call = { startedMs: monotonicMs() }
    this.calls.add(call)
    try {
      const parks = await handleInOrder(this.options.handle, fetched, parkedKeys, signal)
      this.failuresInARow = 0
      instruments.consumed.inc({ group, outcome: 'done' }, fetched.length - parks.length)
      for (const { kind } of parks) instruments.consumed.inc({ group, outcome: kind })
      return parks
    } catch (error) {
      instruments.handlerFailures.inc({ group })
      this.noteFailure(error, 'a bus handler threw; its batch will be tried again')
      throw error
    } finally {
      this.calls.delete(call)
      instruments.handlerSeconds.observe({ group }, (monotonicMs() - call.startedMs) / 1_000)
    }
  }

  /** Says in the log what is not the messages' fault, and makes the next pause longer. */
  noteFailure(error: unknown, what: string): void {
    this.failuresInARow++
    this.context.log.warn({ error, group: this.options.group }, what)
  }

  /** Waits before the batch is tried again: the world is down, and asking faster doesn't bring it up. */
  pauseAfterFailure(signal: AbortSignal): Promise<void> {
    const [first, most] = this.context.timing.backoffMs
    return pause(Math.min(first * 2 ** Math.min(this.failuresInARow, 16), most), signal)
  }

  isStuck(): boolean {
    const patienceMs = this.context.timing.handlerPatienceMs
    return [...this.calls].some(({ startedMs }) => monotonicMs() - startedMs > patienceMs)
  }
}

/** Before the next try of a message that has been tried `tries` times; null when only a person may unblock it. */
export function retryDelayMs(timing: BusTiming, tries: number): number | null {
  if (tries > LIMITS.parkedTries) return null
  return timing.parkDelaysMs[Math.min(tries, timing.parkDelaysMs.length) - 1] ?? 0
}
