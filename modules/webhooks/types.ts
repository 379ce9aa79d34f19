import type { ChannelKind, InboundEvent } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

/** One raw request from a provider as ingress took it, before anything is made of it. */
export interface TakenWebhook {
  id: Id<'webhook'>
  channel: ChannelKind
  path: string
  /** The few headers that tell something later; names in lower case. */
  headers: Readonly<Record<string, string>>
  receivedAt: Date
  /** Set when the request came on a tenant's own address. */
  channelAccountId: Id<'channelAccount'> | null
  raw: RawBody
}

/** The untouched bytes, or where they lie when they are large. */
export type RawBody = { body: Uint8Array; blobKey: null; sizeBytes: number } | { body: null; blobKey: string; sizeBytes: number }

/** What parsing made of it. */
export interface ParsedWebhook {
  /** Events of addresses somebody has connected, or may have. */
  events: readonly InboundEvent[]
  /** Why (part of) the body is kept aside: nobody's address, or not the provider's format. */
  aside: string | null
}

export interface WebhookView {
  id: Id<'webhook'>
  channel: string
  state: 'parsed' | 'unparsed' | 'replayed'
  reason: string | null
  path: string
  sizeBytes: number
  eventCount: number
  receivedAt: string
}
