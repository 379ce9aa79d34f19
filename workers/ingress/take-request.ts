import type { IncomingMessage, ServerResponse } from 'node:http'
import { CHANNEL_KINDS, type ChannelKind, type RawRequest } from '#channels/connector.ts'
import type { AddressDirectory } from '#modules/channels/index.ts'
import { BusUnavailable } from '#platform/bus/port.ts'
import { monotonicMs } from '#platform/clock.ts'
import { type Id, isId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { WorkerContext } from '../context.ts'
import type { AddressLimiter } from './limiter.ts'
import type { IngressMetrics, IngressOutcome } from './metrics.ts'
import { readBody } from './read-body.ts'
import { takeWebhook } from './take-webhook.ts'

export interface IngressContext extends WorkerContext {
  directory: AddressDirectory
  limiter: AddressLimiter
  counted: IngressMetrics
}

interface Answer {
  outcome: IngressOutcome
  status: number
  text: string
  retryAfterSeconds?: number
}

/** Whose webhook address a path is: one app for all tenants, or a channel account's own. */
export interface WebhookAddress {
  channel: ChannelKind
  channelAccountId: Id<'channelAccount'> | null
}

/** Answers one HTTP request, whatever it is; never throws. */
export async function takeRequest(context: IngressContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const startedAt = monotonicMs()
  let answer: Answer
  try {
    answer = await answerTo(context, request)
  } catch (error) {
    if (!(error instanceof BusUnavailable)) context.log.error({ error }, 'a bug in ingress; the provider will send again')
    answer = { outcome: 'unavailable', status: 503, text: 'try again', retryAfterSeconds: 5 }
  }
  context.counted.answered(answer.outcome, monotonicMs() - startedAt)
  if (response.destroyed) return
  const headers: Record<string, string | number> = {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(answer.text),
  }
  if (answer.retryAfterSeconds !== undefined) headers['retry-after'] = answer.retryAfterSeconds
  // Whoever sends too much is not read to the end.
  if (answer.outcome === 'too_large') headers.connection = 'close'
  response.writeHead(answer.status, headers).end(answer.text)
}

async function answerTo(context: IngressContext, request: IncomingMessage): Promise<Answer> {
  const client = clientOf(request, context.env.TRUSTED_PROXIES)
  if (!context.limiter.admits(client)) return { outcome: 'limited', status: 429, text: 'too many requests', retryAfterSeconds: 1 }
  const url = new URL(request.url ?? '/', 'http://ingress')
  const address = addressOf(url.pathname)
  if (!address || (request.method !== 'GET' && request.method !== 'POST')) return { outcome: 'not_found', status: 404, text: 'not found' }
  const app = await appOf(context, address)
  if (app === 'unsure') return { outcome: 'unavailable', status: 503, text: 'try again', retryAfterSeconds: 5 }
  const raw: RawRequest = {
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: flatHeaders(request),
    body: new Uint8Array(),
  }
  if (request.method === 'GET') return handshake(context, address, app, raw)

  const read = await readBody(request)
  if (read.kind === 'aborted') return { outcome: 'aborted', status: 400, text: 'the request ended early' }
  if (read.kind === 'too_large')
    return { outcome: 'too_large', status: 413, text: `bodies above ${LIMITS.webhookBodyBytes} bytes are refused` }
  const body = { ...raw, body: read.bytes }
  const isGenuine = app !== null && context.connectors[address.channel].verify(body, app.appSecret, context.clock.now())
  context.limiter.charge(client, isGenuine ? 1 : LIMITS.forgedWebhookCost)
  if (!isGenuine) return { outcome: 'forged', status: 401, text: 'the signature does not fit' }
  const outcome = await takeWebhook(context, address, body)
  return { outcome, status: 200, text: 'ok' }
}

function handshake(context: IngressContext, { channel }: WebhookAddress, app: App | null, raw: RawRequest): Answer {
  const challenge = app === null ? null : context.connectors[channel].handshake(raw, app.verifyToken)
  if (challenge === null) return { outcome: 'forged', status: 403, text: 'the verify token does not fit' }
  return { outcome: 'handshake', status: 200, text: challenge }
}

interface App {
  appSecret: string
  verifyToken: string
}

/** The app a request must be signed by; null = nobody's, so nothing can be genuine. */
async function appOf({ env, directory }: IngressContext, { channel, channelAccountId }: WebhookAddress): Promise<App | null | 'unsure'> {
  if (channelAccountId === null) {
    return env.META_APP_SECRET && env.META_VERIFY_TOKEN ? { appSecret: env.META_APP_SECRET, verifyToken: env.META_VERIFY_TOKEN } : null
  }
  const own = await directory.ownApp(channel, channelAccountId)
  if (own.kind === 'known') return own.value
  return own.kind === 'unknown' ? null : 'unsure'
}

function addressOf(path: string): WebhookAddress | undefined {
  const [, webhooks, kind, account, ...rest] = path.split('/')
  const channel = CHANNEL_KINDS.find((known) => known === kind)
  if (webhooks !== 'webhooks' || !channel || rest.length > 0) return undefined
  if (account === undefined || account === '') return { channel, channelAccountId: null }
  return isId('channelAccount', account) ? { channel, channelAccountId: account } : undefined
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  )
}

/** The address a request came from: the last one that our own proxies did not add themselves. */
function clientOf(request: IncomingMessage, trustedProxies: number): string {
  const direct = request.socket.remoteAddress ?? 'unknown'
  if (trustedProxies === 0) return direct
  const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',')
  return forwarded.at(-trustedProxies)?.trim() || direct
}
