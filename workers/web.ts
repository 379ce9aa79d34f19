import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { createAuth } from '#app/auth.ts'
import { type AppContext, channelCatalogue } from '#app/context.ts'
import { createConnectors } from '#channels/index.ts'
import { loadListItems } from '#modules/conversations/index.ts'
import { loadDeliveryViews } from '#modules/deliveries/index.ts'
import { loadMessageViews } from '#modules/messages/index.ts'
import { createHub } from '#modules/realtime/index.ts'
import { createBlobs } from '#platform/blobs/blobs.ts'
import { createCache } from '#platform/cache/cache.ts'
import { systemClock } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import type { Env } from '#platform/env.ts'
import { closeServer } from '#platform/health.ts'
import type { Logger } from '#platform/log.ts'
import type { Metrics } from '#platform/metrics.ts'
import { required } from './compose.ts'
import type { RunningRole } from './context.ts'
import { loadApp } from './web-app.ts'

export interface WebOptions {
  env: Env
  log: Logger
  metrics: Metrics
  answerHealth: AppContext['answerHealth']
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** The role that serves people: pages, files and the event stream, as the database role that sees one tenant at a time. */
export async function startWeb(options: WebOptions): Promise<RunningRole> {
  const { env, log } = options
  const { context, close } = await composeWeb(options)
  const server = createServer()
  const app = await loadApp({ env, context, server })
  const listener: Listener = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  server.on(
    'request',
    app.middleware ? (request, response) => app.middleware?.(request, response, () => listener(request, response)) : listener,
  )
  // Streams live long and clients may be slow to send a file; what must end has its own limit.
  server.requestTimeout = 0
  server.listen(env.PORT, env.HOST)
  await once(server, 'listening')
  log.info({ host: env.HOST, port: env.PORT }, 'web is listening')
  return {
    name: 'web',
    unreadyReasons: () => context.hub.unreadyReasons(),
    stop: async () => {
      const closed = closeServer(server)
      await context.hub.stop()
      await closed
      await app.close()
      await close()
    },
  }
}

async function composeWeb({ env, log, metrics, answerHealth }: WebOptions): Promise<{ context: AppContext; close(): Promise<void> }> {
  const database = await openDatabase({
    url: required(env, 'DATABASE_URL'),
    role: 'weft_web',
    poolSize: env.DATABASE_POOL,
    // Its message alone: the error carries the whole client, and with it the password.
    onError: (error) => log.warn({ reason: error.message }, 'an idle database connection broke'),
  })
  const clock = systemClock
  const cache = createCache(env, log)
  const connectors = createConnectors({ whatsapp: { graphUrl: env.META_GRAPH_URL } })
  const hub = createHub({
    database,
    clock,
    log,
    metrics,
    loaders: { conversations: loadListItems, messages: loadMessageViews, deliveries: loadDeliveryViews },
  })
  const context: AppContext = {
    env,
    clock,
    log,
    metrics,
    database,
    hub,
    answerHealth,
    auth: createAuth({ database, cache, log, secret: required(env, 'AUTH_SECRET'), publicUrl: env.PUBLIC_URL }),
    blobs: await createBlobs(env),
    capabilitiesOf: channelCatalogue(connectors),
  }
  const close = async () => {
    await cache.close()
    await database.close()
  }
  return { context, close }
}
