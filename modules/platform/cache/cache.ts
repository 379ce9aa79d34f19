import type { Env } from '../env.ts'
import type { Logger } from '../log.ts'
import { createMemoryCache } from './memory.ts'
import type { Cache } from './port.ts'
import { createUpstashCache } from './upstash.ts'

/** The cache the environment asks for: Upstash Redis, shared by all processes, or one in this process. */
export function createCache(env: Pick<Env, 'UPSTASH_REDIS_REST_URL' | 'UPSTASH_REDIS_REST_TOKEN'>, log: Logger): Cache {
  const { UPSTASH_REDIS_REST_URL: url, UPSTASH_REDIS_REST_TOKEN: token } = env
  if (url === undefined || token === undefined) return createMemoryCache()
  return createUpstashCache({ url, token, onError: (error) => log.warn({ error }, 'the shared cache did not answer') })
}
