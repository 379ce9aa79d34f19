import { createConnectors } from '#channels/index.ts'
import { createBlobs } from '#platform/blobs/blobs.ts'
import { createBus } from '#platform/bus/bus.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import { parseKeyRing } from '#platform/crypto.ts'
import { openDatabase } from '#platform/db/database.ts'
import { type Env, EnvError } from '#platform/env.ts'
import { createHttp } from '#platform/http/client.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { WorkerContext } from './context.ts'

/** Puts a worker process together from its environment, and takes it apart again. */
export async function composeWorker(env: Env, log: Logger, metrics: Metrics): Promise<{ context: WorkerContext; close(): Promise<void> }> {
  const database = await openDatabase({
    url: required(env, 'DATABASE_WORKER_URL'),
    role: 'weft_worker',
    poolSize: env.DATABASE_POOL,
    // Its message alone: the error carries the whole client, and with it the password.
    onError: (error) => log.warn({ reason: error.message }, 'an idle database connection broke'),
  })
  const clock = systemClock
  const cache = createCache(env, log)
  const bus = await createBus({ kafka: kafkaOf(env), database, clock, log, metrics })
  const context: WorkerContext = {
    env,
    clock,
    log,
    metrics,
    database,
    cache,
    bus,
    blobs: await createBlobs(env),
    keys: parseKeyRing(required(env, 'WEFT_KEYS')),
    http: createHttp(),
    connectors: createConnectors({ whatsapp: { graphUrl: env.META_GRAPH_URL } }),
  }
  const close = async () => {
    await bus.close()
    await cache.close()
    await database.close()
  }
  return { context, close }
}

/** The cluster the environment names; undefined = the bus runs on PostgreSQL. */
export function kafkaOf(env: Env) {
  if (!env.KAFKA_BROKERS) return undefined
  return {
    brokers: env.KAFKA_BROKERS.split(',').map((broker) => broker.trim()),
    topicPrefix: env.KAFKA_TOPIC_PREFIX,
    allowUnreplicated: env.KAFKA_ALLOW_UNREPLICATED,
  }
}

/** @throws EnvError naming the variable and what runs without it */
export function required<K extends keyof Env>(env: Env, name: K): NonNullable<Env[K]> {
  const value = env[name]
  if (value === undefined || value === null)
    throw new EnvError(`${name} is not set; \`npm start\` makes one up for you, a role run by itself needs it (see .env.example)`)
  return value
}
