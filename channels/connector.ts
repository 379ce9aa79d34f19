import type { z } from 'zod'
import type { Http, HttpAnswer, HttpRequest } from '#platform/http/types.ts'

/**
 * The contract every provider's connector fulfils. Both sides meet here: `channels/<provider>` implements it, and modules
 * see its types only. Nothing in it knows conversations, tenants or our database.
 */

export const CHANNEL_KINDS = ['whatsapp'] as const
export type ChannelKind = (typeof CHANNEL_KINDS)[number]

export const CONTENT_KINDS = [
  'text',
  'image',
  'video',
  'audio',
  'voice',
  'document',
  'sticker',
  'location',
  'contacts',
  'interactive',
  'button',
  'list',
  'template',
  'order',
  'system',
  'unsupported',
] as const
export type ContentKind = (typeof CONTENT_KINDS)[number]

export const MEDIA_KINDS = ['image', 'video', 'audio', 'voice', 'document', 'sticker'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

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

export const IDENTITY_KINDS = ['phone', 'email', 'wa_id', 'bsuid', 'psid', 'igsid', 'lid', 'visitor'] as const
export type IdentityKind = (typeof IDENTITY_KINDS)[number]

/**
 * One way the provider names a person. `scope` says within what the value is unique: `tenant` (phone, email, wa_id),
 * `portfolio` (bsuid) or `account` (psid, igsid, lid, visitor); intake turns it into the scope column.
 * `attested`: the provider vouches for it, so it may tie channels together.
 */
export interface PersonIdentity {
  kind: IdentityKind
  scope: 'tenant' | 'portfolio' | 'account'
  value: string
  attested: boolean
}

export interface Person {
  /** Strongest first. Empty only when the provider named nobody, which intake treats as poison. */
  identities: PersonIdentity[]
  /** What the person calls themselves; display only. */
  name?: string
  username?: string
}

/** Which of the tenant's accounts an event is about: the provider's address, e.g. a WhatsApp phone_number_id. */
export interface AccountAddress {
  channel: ChannelKind
  /** WhatsApp: phone_number_id. Empty when the field only names the business account. */
  address: string
  /** WhatsApp: the WABA id (`entry[].id`). */
  businessId?: string
  /** WhatsApp: metadata.display_phone_number, digits. Some fields name the number only like this. */
  displayAddress?: string
}

export interface InboundMedia {
  kind: MediaKind
  /** The provider's id of the file, fetched later by the media worker. */
  providerMediaId?: string
  /** A direct URL when the provider gave one; never relied upon. */
  url?: string
  mimeType?: string
  /** Lower-case hex, when known. */
  sha256?: string
  fileName?: string
  sizeBytes?: number
  animated?: boolean
}

export interface LocationContent {
  latitude: number
  longitude: number
  name?: string
  address?: string
  url?: string
}
export interface ContactCard {
  name: string
  phones: { phone: string; waId?: string; type?: string }[]
  emails: { email: string; type?: string }[]
  organization?: string
}
export interface ReplyOption {
  id: string
  title: string
  description?: string
}
export interface OrderContent {
  catalogId?: string
  text?: string
  items: { productId: string; quantity: number; price?: number; currency?: string }[]
}

/** What a message says, normalised over providers. `text` is the body, or the caption of media, or a readable line. */
export interface InboundContent {
  kind: ContentKind
  text?: string
  media?: InboundMedia
  location?: LocationContent
  contacts?: ContactCard[]
  order?: OrderContent
  /** The customer's choice: a button, a list row, a template quick reply, a completed flow. */
  choice?: { source: 'button' | 'list' | 'quick_reply' | 'flow' | 'call_permission'; id?: string; title?: string; data?: unknown }
  /** For `unsupported`, and for anything that arrived with an error: the provider's own word for it, and its code. */
  provider?: { type?: string; code?: string; title?: string; details?: string }
}

/** What the message answers or came from. */
export interface InboundContext {
  replyToExternalId?: string
  forwarded?: 'once' | 'often'
  referral?: {
    sourceUrl?: string
    sourceId?: string
    sourceType?: string
    headline?: string
    body?: string
    mediaUrl?: string
    clickId?: string
  }
  referredProduct?: { catalogId?: string; productId?: string }
  groupId?: string
}

interface InboundBase {
  account: AccountAddress
  /** ISO 8601 UTC at the provider's resolution; null when the provider's own was missing or senseless. */
  providerTime: string | null
}

export interface MessageReceived extends InboundBase {
  type: 'message'
  person: Person
  externalId: string
  content: InboundContent
  context?: InboundContext
  /** From before the account was connected: kept with its own time, and it opens, notifies and counts as nothing. */
  history?: true
}
/** The business wrote from the provider's own app (WhatsApp coexistence): outbound, never inbound. */
export interface MessageEchoed extends InboundBase {
  type: 'echo'
  /** The customer it was written to. */
  person: Person
  externalId: string
  content: InboundContent
  context?: InboundContext
  history?: true
}
export interface ReactionChanged extends InboundBase {
  type: 'reaction'
  person: Person
  /** Id of the reaction message itself: what makes it unique. */
  externalId: string
  targetExternalId: string
  /** null = taken back. */
  emoji: string | null
  fromBusiness: boolean
}
export interface MessageEdited extends InboundBase {
  type: 'edit'
  person: Person
  externalId: string
  targetExternalId: string
  content: InboundContent
  fromBusiness: boolean
}
export interface MessageRevoked extends InboundBase {
  type: 'revoke'
  person: Person
  externalId: string
  targetExternalId: string
  fromBusiness: boolean
}
/** A person's address changed (new number, new BSUID, new identity key). */
export interface PersonChanged extends InboundBase {
  type: 'person_changed'
  change: 'number' | 'bsuid' | 'identity_key' | 'other'
  person: Person
  externalId: string
  /** What the person is known by from now on. */
  nowKnownAs: PersonIdentity[]
  text?: string
}

export const RECEIPT_STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'] as const
export type ReceiptStatus = (typeof RECEIPT_STATUSES)[number]

export interface ReceiptReceived extends InboundBase {
  type: 'receipt'
  externalId: string
  status: ReceiptStatus
  /** What we sent along with the attempt: its id. */
  echo?: string
  person?: Person
  error?: ProviderError
  pricing?: { billable?: boolean; model?: string; type?: string; category?: string }
  /** In a group: which participant the receipt is about; part of the receipt's key. */
  participant?: string
}
/** The person changed what marketing they accept (I9). */
export interface PreferenceChanged extends InboundBase {
  type: 'preference'
  person: Person
  category: string
  value: 'stop' | 'resume' | 'signup'
}
export interface TemplateChanged extends InboundBase {
  type: 'template'
  templateExternalId: string
  name?: string
  language?: string
  status?: string
  category?: string
  quality?: string
  reason?: string
  /** Its text or buttons changed: only the provider's list says to what. */
  componentsChanged?: true
}
/** Quality, limits, names, bans, alerts: anything about the account rather than a person. */
export interface AccountChanged extends InboundBase {
  type: 'account'
  field: string
  severity: 'info' | 'warning' | 'critical'
  summary: string
  data?: unknown
}
/** A field or shape we know nothing of, or know and deliberately leave; kept, never dropped. */
export interface UnsupportedUpdate extends InboundBase {
  type: 'unsupported'
  field: string
  reason: string
}

export type InboundEvent =
  | MessageReceived
  | MessageEchoed
  | ReactionChanged
  | MessageEdited
  | MessageRevoked
  | PersonChanged
  | ReceiptReceived
  | PreferenceChanged
  | TemplateChanged
  | AccountChanged
  | UnsupportedUpdate

/** How a provider's error must be treated; `features.md` 1.24 "Retries" settles class -> schedule. */
export const ERROR_CLASSES = [
  'transient',
  'rate',
  'pair_rate',
  'account_rate',
  'auth',
  'permission',
  'policy',
  'billing',
  'window',
  'recipient',
  'invalid',
  'template',
  'marketing_cap',
  'opted_out',
  'media',
  'unknown',
] as const
export type ErrorClass = (typeof ERROR_CLASSES)[number]

export interface ProviderError {
  /** The provider's code as text, e.g. `131047`. */
  code: string
  class: ErrorClass
  /** The provider's own words, for logs and details; people are shown our advice for the code. */
  title: string
  details?: string
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
