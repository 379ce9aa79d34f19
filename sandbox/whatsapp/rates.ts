/**
 * Token buckets by key, in memory: a bucket holds `burst` and fills by one every `everyMs`. Used for the throughput of a number
 * and for the pair limit of a number with one person.
 */
export class Rates {
  private readonly buckets = new Map<string, { tokens: number; at: number }>()

  /** @returns false when the bucket is empty; a refused call takes nothing */
  take(key: string, limit: { everyMs: number; burst: number }, nowMs: number): boolean {
    const bucket = this.filled(key, limit, nowMs)
    if (bucket.tokens < 1) return false
    bucket.tokens -= 1
    return true
  }

  /** Takes even from an empty bucket, for what can't be refused (inbound messages count towards the throughput). */
  force(key: string, limit: { everyMs: number; burst: number }, nowMs: number): void {
    const bucket = this.filled(key, limit, nowMs)
    bucket.tokens = Math.max(0, bucket.tokens - 1)
  }

  clear(): void {
    this.buckets.clear()
  }

  private filled(key: string, limit: { everyMs: number; burst: number }, nowMs: number) {
    if (this.buckets.size > 100_000) this.buckets.clear()
    const bucket = this.buckets.get(key) ?? { tokens: limit.burst, at: nowMs }
    bucket.tokens = Math.min(limit.burst, bucket.tokens + Math.max(0, nowMs - bucket.at) / limit.everyMs)
    bucket.at = nowMs
    this.buckets.set(key, bucket)
    return bucket
  }
}

/** A second's worth may come at once. */
export function perSecond(messages: number): { everyMs: number; burst: number } {
  return { everyMs: 1_000 / messages, burst: messages }
}
