/**
 * How fast one channel account may send: a token bucket in memory, since one sender holds the account. Over any second it
 * lets through at most the rate the channel allows: nine tenths flow in steadily, one tenth may burst. The bulk lane leaves the
 * last fifth of the bucket to people who wait for an answer.
 */
export interface Rate {
  /** Calls that may start now. */
  room(nowMs: number): { interactive: number; bulk: number }
  take(calls: number, nowMs: number): void
  /** The provider said "too fast": empty at once, and half the pace; it recovers over some twenty seconds. */
  slowDown(nowMs: number): void
}

const SLOWEST = 1 / 16
const RECOVERY_PER_SECOND = 1 / 20

export function createRate(perSecond: number): Rate {
  const burst = Math.max(1, perSecond / 10)
  const steady = perSecond > burst ? perSecond - burst : perSecond
  let tokens = burst
  let pace = 1
  let at = Number.NEGATIVE_INFINITY

  const refill = (nowMs: number) => {
    const seconds = at === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, nowMs - at) / 1_000
    tokens = Math.min(burst, tokens + seconds * steady * pace)
    pace = Math.min(1, pace + seconds * RECOVERY_PER_SECOND)
    at = nowMs
  }
  return {
    room: (nowMs) => {
      refill(nowMs)
      // A full bucket lets a bulk message go however small it is; there the interactive lane goes first anyway.
      const kept = Math.min(burst / 5, burst - 1)
      return { interactive: Math.floor(tokens), bulk: Math.max(0, Math.floor(tokens - kept)) }
    },
    take: (calls, nowMs) => {
      refill(nowMs)
      tokens -= calls
    },
    slowDown: (nowMs) => {
      refill(nowMs)
      tokens = Math.min(tokens, 0)
      pace = Math.max(SLOWEST, pace / 2)
    },
  }
}
