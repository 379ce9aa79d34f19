import type { Clock } from '#platform/clock.ts'
import { LIMITS } from '#platform/limits.ts'

/** Requests of one address, as a bucket that refills: a forged request costs as much as a hundred genuine ones. */
export interface AddressLimiter {
  /** May this address go on? A refused one is told to wait a second. */
  admits(address: string): boolean
  charge(address: string, cost: number): void
}

const FORGET_ABOVE = 50_000

export function addressLimiter(clock: Clock): AddressLimiter {
  const perSecond = LIMITS.webhooksPerSecondPerAddress
  const buckets = new Map<string, { tokens: number; at: number }>()
  const bucketOf = (address: string) => {
    const now = clock.now().getTime()
    const known = buckets.get(address)
    if (!known) {
      // Addresses that come by once must not fill the memory; a forgotten one begins with a full bucket, which is harmless.
      if (buckets.size > FORGET_ABOVE) buckets.clear()
      const fresh = { tokens: perSecond, at: now }
      buckets.set(address, fresh)
      return fresh
    }
    known.tokens = Math.min(perSecond, known.tokens + ((now - known.at) / 1_000) * perSecond)
    known.at = now
    return known
  }
  return {
    admits: (address) => bucketOf(address).tokens > 0,
    charge: (address, cost) => {
      bucketOf(address).tokens -= cost
    },
  }
}
