import type { InboundEvent } from '#channels/connector.ts'
import type { BusRecord } from '#platform/bus/port.ts'
import type { UnparsedRecord, WebhookRecord } from '#platform/bus/topics.ts'
import { LIMITS } from '#platform/limits.ts'
import type { ParsedWebhook, RawBody, TakenWebhook } from './types.ts'

/**
 * What one request becomes on the bus, to be published at once: one record per line and topic, receipts apart from what people
 * wrote. The raw body travels on the first record alone (docs/decisions, "the raw body travels once").
 */
export function webhookRecords(webhook: TakenWebhook, { events, aside }: ParsedWebhook, options: { withRaw: boolean }): BusRecord[] {
  const parts = [...linesOf(webhook.channel, events)].flatMap(([place, ofLine]) =>
    chunks(ofLine).map((chunk) => ({ ...placeOf(place), chunk })),
  )
  const records: BusRecord[] = parts.map(({ topic, key, chunk }, part) => {
    const value: WebhookRecord = {
      v: 1,
      ...envelope(webhook),
      events: chunk,
      part,
      parts: parts.length,
      raw: part === 0 && options.withRaw ? { ...rawOf(webhook.raw), eventCount: events.length } : null,
      channelAccountId: webhook.channelAccountId,
    }
    return { topic, key, value }
  })
  // A body of which nothing could be used is kept with its reason; so is one that speaks of strangers beside known accounts.
  if (aside !== null && options.withRaw) {
    const value: UnparsedRecord = { v: 1, ...envelope(webhook), reason: aside, raw: rawOf(webhook.raw) }
    records.push({ topic: 'inbound.unparsed', key: webhook.id, value })
  }
  return records
}

const envelope = (webhook: TakenWebhook) => ({
  webhookId: webhook.id,
  channel: webhook.channel,
  path: webhook.path,
  headers: { ...webhook.headers },
  receivedAt: webhook.receivedAt.toISOString(),
})

function rawOf(raw: RawBody): UnparsedRecord['raw'] {
  return { body: raw.body === null ? null : Buffer.from(raw.body).toString('base64'), blobKey: raw.blobKey, sizeBytes: raw.sizeBytes }
}

/** Events of one person on one account in the body's order; receipts of one line apart. */
function linesOf(channel: string, events: readonly InboundEvent[]): Map<string, InboundEvent[]> {
  const lines = new Map<string, InboundEvent[]>()
  for (const event of events) {
    const topic = event.type === 'receipt' ? `receipts.${channel}` : `inbound.${channel}`
    const place = `${topic} ${lineKey(event)}`
    const line = lines.get(place)
    if (line) line.push(event)
    else lines.set(place, [event])
  }
  return lines
}

function placeOf(place: string): { topic: string; key: string } {
  const space = place.indexOf(' ')
  return { topic: place.slice(0, space), key: place.slice(space + 1) }
}

const STRENGTH = ['bsuid', 'wa_id', 'phone', 'psid', 'igsid', 'lid', 'visitor', 'email']

/**
 * What an event's order hangs on: the account and the person by their most lasting name. Order is a hint (I3), so it does
 * no harm when two names of one person give two keys.
 */
function lineKey(event: InboundEvent): string {
  const account = event.account.address || event.account.businessId || event.account.displayAddress || 'account'
  const identities = 'person' in event ? (event.person?.identities ?? []) : []
  const strongest = [...identities].sort((a, b) => STRENGTH.indexOf(a.kind) - STRENGTH.indexOf(b.kind))[0]
  const person = strongest ? `${strongest.kind}:${strongest.value}` : event.type === 'receipt' ? event.externalId : ''
  return `${account}/${person}`.slice(0, LIMITS.busKeyChars)
}

/** A record stays well below what a broker takes, however much one person wrote in one request. */
function chunks(events: readonly InboundEvent[]): InboundEvent[][] {
  // One event is a record whatever its size, so there is nothing to weigh; most requests hold no more.
  if (events.length === 1) return [[...events]]
  const result: InboundEvent[][] = []
  let current: InboundEvent[] = []
  let bytes = 0
  for (const event of events) {
    const size = Buffer.byteLength(JSON.stringify(event))
    if (current.length > 0 && bytes + size > LIMITS.busRecordBytes / 2) {
      result.push(current)
      current = []
      bytes = 0
    }
    current.push(event)
    bytes += size
  }
  result.push(current)
  return result
}
