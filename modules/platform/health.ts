import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { Metrics } from './metrics.ts'

/** What `/livez`, `/readyz` and `/metrics` answer; every process has them, on its own port or beside its pages. */
export interface Health {
  /** Alive unless the event loop is stuck, in which case nobody answers at all. */
  live(): { status: number; body: string }
  /** 503 with one reason a line while starting, draining or cut off from what the process needs. */
  ready(): { status: number; body: string }
  metrics(): Promise<{ contentType: string; body: string }>
  /** From now on not ready: the balancer turns away while running work ends. */
  drain(): void
}

/** @param unreadyReasons asked at each call; an empty list means ready */
export function createHealth(options: { metrics: Metrics; unreadyReasons: () => string[] }): Health {
  let draining = false
  return {
    live: () => ({ status: 200, body: 'alive\n' }),
    ready: () => {
      const reasons = draining ? ['draining'] : options.unreadyReasons()
      return reasons.length === 0 ? { status: 200, body: 'ready\n' } : { status: 503, body: `${reasons.join('\n')}\n` }
    },
    metrics: async () => ({ contentType: options.metrics.registry.contentType, body: await options.metrics.registry.metrics() }),
    drain: () => {
      draining = true
    },
  }
}

/** Serves health alone, for processes that have no port of their own. @returns the port it got and how to close it */
export async function serveHealth(
  health: Health,
  options: { host: string; port: number },
): Promise<{ port: number; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const answer = await answerHealth(health, request.url ?? '')
    response.writeHead(answer?.status ?? 404, { 'content-type': answer?.contentType ?? 'text/plain' }).end(answer?.body ?? 'not found\n')
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return { port: portOf(server), close: () => closeServer(server) }
}

/** The answer for one of the three paths, or undefined for any other; servers with pages of their own ask it first. */
export async function answerHealth(
  health: Health,
  url: string,
): Promise<{ status: number; contentType: string; body: string } | undefined> {
  const path = url.split('?')[0]
  if (path === '/livez') return { contentType: 'text/plain', ...health.live() }
  if (path === '/readyz') return { contentType: 'text/plain', ...health.ready() }
  if (path === '/metrics') return { status: 200, ...(await health.metrics()) }
  return undefined
}

export function portOf(server: Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a TCP port')
  return address.port
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeIdleConnections()
  })
}
