import { Redis } from '@upstash/redis'
import { LIMITS } from '../limits.ts'
import { checkedValue, createMemoryCache } from './memory.ts'
import type { Cache } from './port.ts'

export interface UpstashOptions {
  url: string
  token: string
  /** Told of every call that Redis did not answer; the caller of the cache never is. */
  onError: (error: unknown) => void
}

/**
 * Upstash Redis over its REST API. Redis out of reach means a forgetful cache and never an outage: reads miss, writes are
 * lost, counters go on in this process. Nothing is retried, since a repeated INCR would count twice.
 */
export function createUpstashCache({ url, token, onError }: UpstashOptions): Cache {
  const redis = new Redis({
    url,
    token,
    retry: false,
    // Values are strings and stay strings: '12' must not come back as the number 12.
    automaticDeserialization: false,
    enableTelemetry: false,
    enableAutoPipelining: false,
    signal: () => AbortSignal.timeout(LIMITS.cacheDeadlineMs),
  })
  const local = createMemoryCache()

  const orElse = async <T>(call: Promise<T>, otherwise: () => T | Promise<T>): Promise<T> => {
    try {
      return await call
    } catch (error) {
      onError(error)
      return otherwise()
    }
  }

  return {
    get: (key) => orElse(redis.get<string>(key), () => null),
    set: async (key, value, ttlMs) => {
      await orElse<unknown>(redis.set(key, checkedValue(value), { px: ttlMs }), () => undefined)
    },
    increment: async (key, ttlMs) => {
      const counted = redis.multi().incr(key).pexpire(key, ttlMs, 'NX').exec<[number, number]>()
      return orElse(
        counted.then(([count]) => Number(count)),
        () => local.increment(key, ttlMs),
      )
    },
    delete: async (key) => {
      await orElse<unknown>(redis.del(key), () => undefined)
    },
    close: () => local.close(),
  }
}
