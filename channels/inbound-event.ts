/**
 * What providers tell us, normalised: the events a connector's `parse` answers with, and the words they are made of. Part of the
 * contract in connector.ts, which is where everybody imports it from.
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
