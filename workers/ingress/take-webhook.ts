import { type InboundEvent, type RawRequest, UnparsableBody } from '#channels/connector.ts'
import { type ParsedWebhook, type RawBody, webhookRecords } from '#modules/webhooks/index.ts'
import { type Id, newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { IngressContext, WebhookAddress } from './take-request.ts'

/** Headers worth keeping: what was verified, and who says they sent it. */
const KEPT_HEADERS = ['content-type', 'user-agent', 'x-hub-signature-256']

/**
 * Makes records of a genuine request and publishes them at once: when this resolves the bus has everything durably, when it
 * throws the provider must send again.
 */
export async function takeWebhook(context: IngressContext, address: WebhookAddress, request: RawRequest): Promise<'accepted' | 'unparsed'> {
  const parsed = await parse(context, address, request)
  const id = newId('webhook')
  const webhook = {
    id,
    ...address,
    path: request.path,
    headers: Object.fromEntries(KEPT_HEADERS.flatMap((name) => (request.headers[name] ? [[name, request.headers[name]]] : []))),
    receivedAt: context.clock.now(),
    raw: await keepRaw(context, id, request.body),
  }
  await context.bus.publish(webhookRecords(webhook, parsed, { withRaw: true }))
  if (parsed.aside !== null) context.log.warn({ webhookId: id, reason: parsed.aside }, 'a webhook was set aside')
  return parsed.events.length === 0 && parsed.aside !== null ? 'unparsed' : 'accepted'
}

async function parse(context: IngressContext, address: WebhookAddress, request: RawRequest): Promise<ParsedWebhook> {
  let events: InboundEvent[]
  try {
    events = context.connectors[address.channel].parse(request)
  } catch (error) {
    if (error instanceof UnparsableBody) return { events: [], aside: error.message }
    // A connector that breaks on a genuine body is our fault, and the customer's message must not pay for it.
    context.log.error({ error }, 'a connector could not parse a genuine webhook')
    return { events: [], aside: 'the connector failed on it' }
  }
  const strangers = await unconnected(context, address, events)
  const known = events.filter((event) => !strangers.has(accountKey(event)))
  if (strangers.size === 0) return { events: known, aside: known.length === 0 ? 'it holds no event' : null }
  return { events: known, aside: `nobody has connected ${[...strangers].slice(0, 5).join(', ')}` }
}

/** Accounts that surely nobody has connected. While the database can't say, an address counts as known: intake asks again. */
async function unconnected(context: IngressContext, address: WebhookAddress, events: readonly InboundEvent[]): Promise<Set<string>> {
  const accounts = new Map(events.map((event) => [accountKey(event), event.account]))
  const strangers = new Set<string>()
  for (const [key, account] of accounts) {
    if ((await context.directory.isConnected({ account, viaAccountId: address.channelAccountId })) === 'no') strangers.add(key)
  }
  return strangers
}

const accountKey = ({ account }: InboundEvent) => account.address || account.displayAddress || account.businessId || 'an unnamed account'

/** Large bodies lie in the blob store, synced, before anything points to them. */
async function keepRaw({ blobs }: IngressContext, id: Id<'webhook'>, body: Uint8Array): Promise<RawBody> {
  const sizeBytes = body.byteLength
  if (sizeBytes <= LIMITS.inlineRawBytes) return { body, blobKey: null, sizeBytes }
  const blobKey = `webhooks/${id}`
  await blobs.put(blobKey, body)
  return { body: null, blobKey, sizeBytes }
}
