import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { LIMITS } from '../limits.ts'
import type { Http, HttpAnswer, HttpRequest } from './types.ts'

export interface HttpOptions {
  /** When given, only these hosts are called: `graph.facebook.com`, or `*.fbcdn.net` for any name below. */
  allowHosts?: readonly string[]
  /** Default of `HttpRequest.timeoutMs`. */
  timeoutMs?: number
  /** How long a connection may take to stand, TLS included; while it is not standing, surely nothing was written. */
  connectTimeoutMs?: number
  /** Default of `HttpRequest.maxBytes`. */
  maxBytes?: number
  /** Connections kept per host. */
  maxSockets?: number
}

export interface HttpClient extends Http {
  /** Closes idle connections; running exchanges end as they would. */
  close(): void
}

/**
 * An idle connection is closed by us before the other side is likely to close it. A request written into a connection that
 * dies that moment would be ambiguous for ever, and Node's own servers hang up after five seconds.
 */
const IDLE_MS = 4_000

/**
 * The HTTP client that connectors are handed: keep-alive, a deadline over the whole exchange, a ceiling on the answer, no
 * redirects. For addresses of providers only; addresses given by tenants need a client that also vets what they resolve to.
 */
export function createHttp(options: HttpOptions = {}): HttpClient {
  const pool = { keepAlive: true, timeout: IDLE_MS, maxSockets: options.maxSockets ?? 256, scheduling: 'lifo' as const }
  const plain = new HttpAgent(pool)
  const secure = new HttpsAgent(pool)
  const send: Http = async (request) => {
    const url = new URL(request.url)
    if (url.protocol !== 'http:' && url.protocol !== 'https:') return unwritten(`protocol not allowed: ${url.protocol}`)
    if (options.allowHosts && !isAllowed(url.hostname, options.allowHosts)) return unwritten(`host not allowed: ${url.hostname}`)
    const { headers, bytes } = await encode(request)
    const isSecure = url.protocol === 'https:'
    return exchange(
      (isSecure ? httpsRequest : httpRequest)(url, { method: request.method, headers, agent: isSecure ? secure : plain }),
      bytes,
      {
        timeoutMs: request.timeoutMs ?? options.timeoutMs ?? LIMITS.providerTimeoutMs,
        connectTimeoutMs: options.connectTimeoutMs ?? LIMITS.connectTimeoutMs,
        maxBytes: request.maxBytes ?? options.maxBytes ?? LIMITS.providerAnswerBytes,
      },
    )
  }
  return Object.assign(send, {
    close: () => {
      plain.destroy()
      secure.destroy()
    },
  })
}

const unwritten = (reason: string): HttpAnswer => ({ kind: 'broken', wrote: false, reason })

function isAllowed(host: string, allowed: readonly string[]): boolean {
  return allowed.some((entry) => (entry.startsWith('*.') ? host.endsWith(entry.slice(1)) : host === entry))
}

async function encode({ headers = {}, body }: HttpRequest): Promise<{ headers: Record<string, string>; bytes: Uint8Array | null }> {
  if (body === undefined) return { headers, bytes: null }
  if (body instanceof FormData) {
    const form = new Response(body)
    const bytes = new Uint8Array(await form.arrayBuffer())
    const type = form.headers.get('content-type') ?? 'multipart/form-data'
    return { headers: { ...headers, 'content-type': type, 'content-length': String(bytes.byteLength) }, bytes }
  }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  return { headers: { ...headers, 'content-length': String(bytes.byteLength) }, bytes }
}

interface Ceilings {
  timeoutMs: number
  connectTimeoutMs: number
  maxBytes: number
}

/** Settles exactly once: with a whole answer, or with what broke and whether the request may have left before it did. */
function exchange(
  request: ClientRequest,
  bytes: Uint8Array | null,
  { timeoutMs, connectTimeoutMs, maxBytes }: Ceilings,
): Promise<HttpAnswer> {
  return new Promise((resolve) => {
    let wrote = false
    const timers = [
      setTimeout(() => settle({ kind: 'broken', wrote, reason: `no whole answer within ${timeoutMs} ms` }), timeoutMs),
      setTimeout(() => {
        if (!wrote) settle(unwritten(`no connection within ${connectTimeoutMs} ms`))
      }, connectTimeoutMs),
    ]
    const settle = (answer: HttpAnswer) => {
      for (const timer of timers) clearTimeout(timer)
      resolve(answer)
      if (answer.kind === 'broken') request.destroy()
    }
    // From the moment a connection stands, the request may be on its way: Node flushes it in the same turn. A reused
    // connection stands already, so whatever happens to it counts as written; that it was idle proves nothing.
    request.on('socket', (socket: Socket | TLSSocket) => {
      const isSecure = 'secureConnecting' in socket
      if (!socket.connecting && !(isSecure && socket.secureConnecting)) wrote = true
      else
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          wrote = true
        })
    })
    request.on('error', (error) => settle({ kind: 'broken', wrote, reason: reasonOf(error) }))
    request.on('response', (response) => {
      readAnswer(response, maxBytes).then(settle, (error) => settle({ kind: 'broken', wrote: true, reason: reasonOf(error) }))
    })
    if (bytes) request.end(bytes)
    else request.end()
  })
}

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<HttpAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.byteLength
    if (size > maxBytes) return { kind: 'broken', wrote: true, reason: `answer larger than ${maxBytes} bytes` }
    chunks.push(chunk)
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '')
  return { kind: 'answer', status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks) }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string }
  return [code, message].filter(Boolean).join(': ') || 'unknown'
}
