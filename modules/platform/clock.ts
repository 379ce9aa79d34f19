/** The one place that reads the machine's time; everything else is handed a Clock, so tests can hold it. */
export interface Clock {
  now(): Date
}

export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until told to move; for tests and simulations. */
export function heldClock(start: Date): Clock & { advance(ms: number): void } {
  let at = start.getTime()
  return {
    now: () => new Date(at),
    advance: (ms) => {
      at += ms
    },
  }
}

/** Monotonic milliseconds, for measuring how long something took; says nothing about the time of day. */
export const monotonicMs = (): number => performance.now()

/** Resolves after `ms`, or at once when the signal aborts (it does not reject: a stopping loop simply looks again). */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done)
  })
}
