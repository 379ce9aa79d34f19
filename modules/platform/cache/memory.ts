import { monotonicMs } from '../clock.ts'
import { LIMITS } from '../limits.ts'
import type { Cache } from './port.ts'

interface Entry {
  value: string
  expiresAtMs: number
}

/**
 * The cache of one process: forgets what expired, and beyond `maxEntries` what was used longest ago.
 * @param options.nowMs monotonic time, for tests
 */
export function createMemoryCache(options: { maxEntries?: number; nowMs?: () => number } = {}): Cache {
  const { maxEntries = LIMITS.cacheEntries, nowMs = monotonicMs } = options
  /** A Map keeps the order of insertion, so taking an entry out and putting it back makes it the youngest. */
  const entries = new Map<string, Entry>()

  const fresh = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry && entry.expiresAtMs > nowMs()) return entry
    entries.delete(key)
    return undefined
  }
  const keep = (key: string, entry: Entry) => {
    entries.delete(key)
    entries.set(key, entry)
    const [oldest] = entries.keys()
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
  }

  return {
    get: async (key) => {
      const entry = fresh(key)
      if (entry) keep(key, entry)
      return entry?.value ?? null
    },
    set: async (key, value, ttlMs) => {
      keep(key, { value: checkedValue(value), expiresAtMs: nowMs() + ttlMs })
    },
    increment: async (key, ttlMs) => {
      const entry = fresh(key)
      const count = Number(entry?.value ?? 0) + 1
      keep(key, { value: String(count), expiresAtMs: entry?.expiresAtMs ?? nowMs() + ttlMs })
      return count
    },
    delete: async (key) => {
      entries.delete(key)
    },
    close: async () => entries.clear(),
  }
}

/** Both adapters refuse the same values. */
export function checkedValue(value: string): string {
  if (value.length > LIMITS.cacheValueChars) throw new Error(`a cached value of ${value.length} characters is above the limit`)
  return value
}
