/**
 * A cache may forget at any moment and is never the truth: everything kept in it can be made again. Keys carry their owner
 * in front (`auth/…`, `addresses/…`). Two adapters fulfil it, held to one contract suite.
 */
export interface Cache {
  /** Null when absent, expired, or the cache is out of reach. */
  get(key: string): Promise<string | null>
  /** @throws when the value is longer than LIMITS.cacheValueChars, which is a bug of the caller */
  set(key: string, value: string, ttlMs: number): Promise<void>
  /**
   * Counts within a window that opens with the first call and closes `ttlMs` later, whatever comes in between. When a shared
   * cache is out of reach, this process counts by itself: limits become looser, never absent.
   * @returns the count, this call included
   */
  increment(key: string, ttlMs: number): Promise<number>
  delete(key: string): Promise<void>
  close(): Promise<void>
}
