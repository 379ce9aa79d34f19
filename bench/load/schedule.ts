/**
 * When requests fall due in an open loop, milliseconds from its start: a Poisson process, as many independent senders make.
 * The same seed gives the same arrivals.
 */
export function arrivals(options: { perSecond: number; durationMs: number; seed: number }): Float64Array {
  const random = seededRandom(options.seed)
  const at: number[] = []
  for (let now = 0; ; ) {
    now += (-Math.log(1 - random()) * 1_000) / options.perSecond
    if (now >= options.durationMs) return Float64Array.from(at)
    at.push(now)
  }
}

/** Mulberry32: small, fast, the same everywhere. @returns numbers in [0, 1) */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
