import { once } from 'node:events'
import { createServer } from 'node:http'
import { addressDirectory } from '#modules/channels/index.ts'
import { closeServer } from '#platform/health.ts'
import type { StartRole } from './context.ts'
import { addressLimiter } from './ingress/limiter.ts'
import { ingressMetrics } from './ingress/metrics.ts'
import { takeRequest } from './ingress/take-request.ts'

/**
 * The door for providers' webhooks: keeps the raw bytes, verifies before it parses, and answers 200 only when the bus has
 * everything durably (I1). It needs the database for nothing but refreshing what it knows of addresses.
 */
export const start: StartRole = async (context) => {
  const { env, log } = context
  const counted = ingressMetrics(context.metrics)
  const directory = addressDirectory({
    ...context,
    onError: (error) => log.warn({ error }, 'the address directory could not be refreshed; going on with what is known'),
  })
  const limiter = addressLimiter(context.clock)
  const server = createServer((request, response) => {
    void takeRequest({ ...context, directory, limiter, counted }, request, response)
  })
  // Providers keep connections; a client that trickles its body is cut before it holds a place for long.
  server.requestTimeout = 30_000
  server.keepAliveTimeout = 65_000
  server.listen(env.INGRESS_PORT, env.HOST)
  await once(server, 'listening')
  log.info({ host: env.HOST, port: env.INGRESS_PORT }, 'ingress is listening')
  return { name: 'ingress', unreadyReasons: () => [], stop: () => closeServer(server) }
}
