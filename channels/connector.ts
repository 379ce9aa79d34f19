import type { z } from 'zod'
import type { Http, HttpAnswer, HttpRequest } from '#platform/http/types.ts'
import type {
  ChannelKind,
  ContactCard,
  InboundEvent,
  LocationContent,
  MediaKind,
  ProviderError,
  ReceiptStatus,
  ReplyOption,
} from './inbound-event.ts'

/**
 * The contract every provider's connector fulfils. Both sides meet here: `channels/<provider>` implements it, and modules
 * see its types only. Nothing in it knows conversations, tenants or our database.
 */

export * from './inbound-event.ts'

export interface MediaLimit {
  maxBytes: number
  /** Exact types, lower case; `*` alone means any. */
  mimeTypes: readonly string[]
}

/** What the provider can do, as data; differences between providers live here, never in an `if (kind === …)` elsewhere. */
export interface Capabilities {
  textChars: number
  captionChars: number
  /** Hours after the customer's last message in which free-form messages may be sent; null = no window. */
  replyWindowHours: number | null
  /** Receipt kinds the provider reports. */
  receipts: readonly ReceiptStatus[]
  media: Readonly<Partial<Record<MediaKind, { inbound: MediaLimit; outbound: MediaLimit }>>>
  templates: boolean
  buttons: { max: number; titleChars: number; idChars: number } | null
  list: { maxRows: number; titleChars: number; descriptionChars: number } | null
  reactions: boolean
  replies: boolean
  typing: boolean
  readMarks: boolean
  location: boolean
  contacts: boolean
  /** Messages a second that one channel account may send before it knows better. */
  messagesPerSecond: number
  /** Shortest steady gap between two messages to one person, milliseconds, and how many may burst ahead of it. */
  pairLimit: { everyMs: number; burst: number } | null
  /** Precision of the provider's timestamps, milliseconds: what messages are ordered by (invariant I3). */
  timeResolutionMs: number
}

/** A webhook as it came: the raw bytes are what the signature covers. Header names are lower case. */
export interface RawRequest {
  method: string
  path: string
  query: Readonly<Record<string, string>>
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/** Where to send: the best handle the line has. `bsuid` when there is no phone. */
export interface Recipient {
  phone?: string
  bsuid?: string
}

export interface TemplateParameter {
  /** Name for NAMED templates, absent for positional ones. */
  name?: string
  text: string
}

export type OutboundContent =
  | { kind: 'text'; text: string; previewUrl?: boolean }
  | { kind: MediaKind; providerMediaId: string; caption?: string; fileName?: string }
  | { kind: 'location'; location: LocationContent }
  | { kind: 'contacts'; contacts: ContactCard[] }
  | { kind: 'reaction'; targetExternalId: string; emoji: string | null }
  | { kind: 'interactive'; text: string; header?: string; footer?: string; buttons: ReplyOption[] }
  | { kind: 'list'; text: string; header?: string; footer?: string; button: string; sections: { title?: string; rows: ReplyOption[] }[] }
  | {
      kind: 'template'
      name: string
      language: string
      header?:
        | { kind: 'text'; parameters: TemplateParameter[] }
        | { kind: 'image' | 'video' | 'document'; providerMediaId: string; fileName?: string }
      body: TemplateParameter[]
      buttons: { index: number; type: 'quick_reply' | 'url' | 'copy_code'; value: string }[]
    }

export interface OutboundMessage {
  /** Our attempt id: travels in the provider's echo field and comes back in every receipt. */
  echo: string
  /** The account's address at the provider, e.g. phone_number_id. */
  from: string
  to: Recipient
  content: OutboundContent
  replyToExternalId?: string
}

/**
 * One attempt's outcome. `accepted`: the provider took it and named it. `refused`: it surely did not take it.
 * `ambiguous`: bytes left and no word of the provider says what became of them, so nobody may send again blindly (I5).
 */
export type SendOutcome =
  | { kind: 'accepted'; externalId: string; held?: boolean; recipient?: { waId?: string; bsuid?: string } }
  | { kind: 'refused'; error: ProviderError; retryAfterMs?: number }
  | { kind: 'ambiguous'; reason: string }

/** The HTTP client that connectors are handed; it knows whether any byte of a request could have left. */
export type { Http, HttpAnswer, HttpRequest }

export interface ProviderTemplate {
  externalId: string
  name: string
  language: string
  category: string
  status: string
  quality?: string
  /** Why it was rejected, in the provider's words. */
  reason?: string
  parameterFormat: 'positional' | 'named'
  /** The provider's components untouched; our compiler reads them. */
  components: unknown[]
}

export interface MediaFile {
  bytes: Uint8Array
  mimeType: string
  fileName?: string
}

/** What an extra answers: the value, or the same refusal and ambiguity a send has. */
export type ExtraOutcome<T> =
  | { kind: 'done'; value: T }
  | { kind: 'refused'; error: ProviderError; retryAfterMs?: number }
  | { kind: 'ambiguous'; reason: string }

export interface ConnectorExtras<Credentials> {
  /** @param media with `sha256` (lower-case hex), when the message told it, the file is checked against it */
  fetchMedia(
    media: { providerMediaId: string; from: string; sha256?: string },
    credentials: Credentials,
    http: Http,
  ): Promise<ExtraOutcome<MediaFile>>
  uploadMedia(file: MediaFile & { from: string }, credentials: Credentials, http: Http): Promise<ExtraOutcome<{ providerMediaId: string }>>
  markRead(mark: { from: string; externalId: string; typing: boolean }, credentials: Credentials, http: Http): Promise<ExtraOutcome<true>>
  listTemplates(account: { businessId: string }, credentials: Credentials, http: Http): Promise<ExtraOutcome<ProviderTemplate[]>>
  /** Is the channel well? A cheap call that proves the token. */
  probe(
    account: { from: string },
    credentials: Credentials,
    http: Http,
  ): Promise<ExtraOutcome<{ displayAddress?: string; name?: string; quality?: string }>>
}

export interface Connector<Credentials> {
  kind: ChannelKind
  capabilities: Capabilities
  credentials: z.ZodType<Credentials>
  /** The webhook handshake: the text to answer with, or null when the token does not match. */
  handshake(request: RawRequest, verifyToken: string): string | null
  /** Is this really the provider? Over the raw bytes, constant-time; never throws. */
  verify(request: RawRequest, secret: string, now: Date): boolean
  /** Pure and total: a body becomes zero or more events; what we do not know becomes `unsupported`. Throws `UnparsableBody` only for a body that is not the provider's format at all. */
  parse(request: RawRequest): InboundEvent[]
  /** One attempt. Trying again is for deliveries to decide. */
  send(message: OutboundMessage, credentials: Credentials, http: Http): Promise<SendOutcome>
  extras: Partial<ConnectorExtras<Credentials>>
}

/** The body is not the provider's format at all (not JSON, another object): kept on `inbound.unparsed`. */
export class UnparsableBody extends Error {
  override name = 'UnparsableBody'
}
