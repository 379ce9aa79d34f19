import http, { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import https from 'node:https'
import { pipeline } from 'node:stream/promises'
import type { Logger } from '#platform/log.ts'

/** Meant for one hop only (RFC 9110, section 7.6.1): each side speaks for its own connection. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

export interface Proxy {
  /** Passes the request on and the answer back, both as they stream. Resolves when the answer is over; never rejects. */
  pass(request: IncomingMessage, response: ServerResponse): Promise<void>
  close(): void
}

/**
 * Streams requests on to another of our processes. Bytes are not touched, since the provider's signature is over exactly
 * these; nothing is collected, so a large body costs no memory. Works on Node's own request, below the web standard's, which
 * would decode bodies on the way.
 */
export function createProxy(options: { to: string; log: Logger }): Proxy {
  const target = new URL(options.to)
  const { Agent, request: openRequest } = target.protocol === 'https:' ? https : http
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 64 })
  return {
    pass: async (request, response) => {
      const upstream = openRequest({
        agent,
        host: target.hostname,
        port: target.port || undefined,
        method: request.method,
        path: target.pathname.replace(/\/$/, '') + request.url,
        headers: forwardedHeaders(request),
      })
      // Whoever asked has gone: what they asked for is of no use any more.
      response.once('close', () => upstream.destroy())
      const answered = new Promise<IncomingMessage>((resolve, reject) => upstream.once('response', resolve).once('error', reject))
      try {
        // The answer may come before the body was read to its end, and then the rest of it is not an error.
        pipeline(request, upstream).catch(() => undefined)
        const answer = await answered
        response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers))
        // Streams of events must not wait for their first one.
        response.flushHeaders()
        await pipeline(answer, response)
      } catch (error) {
        if (response.destroyed) return
        options.log.warn({ error, path: request.url?.split('?')[0] }, 'the process behind did not answer')
        if (response.headersSent) response.destroy()
        else response.writeHead(503, { 'content-type': 'text/plain', 'retry-after': '2' }).end('not reachable\n')
      }
    },
    close: () => agent.destroy(),
  }
}

function forwardedHeaders(request: IncomingMessage): IncomingHttpHeaders {
  const { headers, socket } = request
  const forwardedFor = [headers['x-forwarded-for'], socket.remoteAddress].filter(Boolean).join(', ')
  return {
    ...withoutHops(headers),
    'x-forwarded-for': forwardedFor,
    'x-forwarded-host': headers['x-forwarded-host'] ?? headers.host,
    'x-forwarded-proto': headers['x-forwarded-proto'] ?? 'http',
    // Kept from the sender: a body of unknown length stays one.
    ...(headers['transfer-encoding'] ? { 'transfer-encoding': headers['transfer-encoding'] } : {}),
  }
}

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const named = String(headers.connection ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name) && !named.includes(name)))
}
