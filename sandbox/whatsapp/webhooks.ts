import type { ProviderContent } from './types.ts'

/**
 * The bodies Meta posts, built field by field (webhook reference of the WhatsApp Business Platform, Graph v25).
 * Optional fields are left out when absent, as Meta does; `webhooks.fixtures.test.ts` compares every kind with payloads that
 * others recorded.
 */

export interface Change {
  field: string
  value: Record<string, unknown>
}

export interface Entry {
  id: string
  /** Seconds; account-level fields carry it, `messages` does not. */
  time?: number
  changes: Change[]
}

export function webhookBody(entries: readonly Entry[]): { object: 'whatsapp_business_account'; entry: readonly Entry[] } {
  return { object: 'whatsapp_business_account', entry: entries }
}

/** Which business number a change is about. */
export interface NumberMetadata {
  displayNumber: string
  phoneNumberId: string
}

function metadataOf(number: NumberMetadata) {
  return { display_phone_number: number.displayNumber, phone_number_id: number.phoneNumberId }
}

/** The person as `contacts[]` names them; a person without a visible phone has no `waId`. */
export interface Person {
  name?: string
  username?: string
  countryCode?: string
  waId?: string
  userId?: string
  parentUserId?: string
  identityKeyHash?: string
}

export function contactOf(person: Person): Record<string, unknown> {
  return present({
    profile: present({ name: person.name, username: person.username, country_code: person.countryCode }),
    wa_id: person.waId,
    user_id: person.userId,
    parent_user_id: person.parentUserId,
    identity_key_hash: person.identityKeyHash,
  })
}

/** The value of a `messages` change. System messages come without contacts. */
export function messagesValue(
  number: NumberMetadata,
  parts: { contacts?: unknown[]; messages?: unknown[]; statuses?: unknown[]; errors?: unknown[] },
): Record<string, unknown> {
  return present({ messaging_product: 'whatsapp', metadata: metadataOf(number), ...parts })
}

export interface InboundItem {
  from?: string
  fromUserId?: string
  fromParentUserId?: string
  id: string
  /** Seconds, as the text Meta sends. */
  timestamp: string
  content: ProviderContent
  context?: MessageContext
  referral?: Referral
  groupId?: string
  /** An id Meta adds to some older accounts' messages. */
  fromLogicalId?: string
}

export interface MessageContext {
  from?: string
  id?: string
  forwarded?: boolean
  frequentlyForwarded?: boolean
  referredProduct?: { catalogId: string; productRetailerId: string }
}

/** What a click on an ad tells about itself. */
export interface Referral {
  sourceUrl?: string
  sourceId?: string
  sourceType?: string
  body?: string
  headline?: string
  mediaType?: string
  imageUrl?: string
  videoUrl?: string
  thumbnailUrl?: string
  clickId?: string
  welcomeText?: string
}

export function inboundMessage(item: InboundItem): Record<string, unknown> {
  return present({
    context: item.context && contextOf(item.context),
    from: item.from,
    from_user_id: item.fromUserId,
    from_parent_user_id: item.fromParentUserId,
    from_logical_id: item.fromLogicalId,
    group_id: item.groupId,
    id: item.id,
    timestamp: item.timestamp,
    ...item.content,
    referral: item.referral && referralOf(item.referral),
  })
}

function contextOf(context: MessageContext) {
  const product = context.referredProduct
  return present({
    from: context.from,
    id: context.id,
    forwarded: context.forwarded,
    frequently_forwarded: context.frequentlyForwarded,
    referred_product: product && { catalog_id: product.catalogId, product_retailer_id: product.productRetailerId },
  })
}

function referralOf(referral: Referral) {
  return present({
    source_url: referral.sourceUrl,
    source_id: referral.sourceId,
    source_type: referral.sourceType,
    body: referral.body,
    headline: referral.headline,
    media_type: referral.mediaType,
    image_url: referral.imageUrl,
    video_url: referral.videoUrl,
    thumbnail_url: referral.thumbnailUrl,
    ctwa_clid: referral.clickId,
    welcome_message: referral.welcomeText === undefined ? undefined : { text: referral.welcomeText },
  })
}

export interface StatusItem {
  id: string
  status: 'sent' | 'delivered' | 'read' | 'played' | 'failed'
  timestamp: string
  recipientId?: string
  recipientUserId?: string
  recipientParentUserId?: string
  echo?: string
  pricing?: { billable: boolean; pricing_model: string; type?: string; category: string }
  /** Before v24 every billed message opened one; now only free entry points do. */
  conversation?: { id: string; expirationTimestamp?: string | number; originType: string }
  errors?: ProviderError[]
}

export interface ProviderError {
  code: number
  title: string
  message?: string
  details?: string
  href?: string
}

export function statusOf(item: StatusItem): Record<string, unknown> {
  const { conversation } = item
  return present({
    id: item.id,
    status: item.status,
    timestamp: item.timestamp,
    recipient_id: item.recipientId,
    recipient_user_id: item.recipientUserId,
    recipient_parent_user_id: item.recipientParentUserId,
    biz_opaque_callback_data: item.echo,
    conversation:
      conversation &&
      present({ id: conversation.id, expiration_timestamp: conversation.expirationTimestamp, origin: { type: conversation.originType } }),
    pricing: item.pricing && present({ ...item.pricing }),
    errors: item.errors?.map(errorOf),
  })
}

export function errorOf(error: ProviderError): Record<string, unknown> {
  return present({
    code: error.code,
    title: error.title,
    message: error.message,
    error_data: error.details === undefined ? undefined : { details: error.details },
    href: error.href,
  })
}

/** The business wrote from its own phone app: `from` is the business, `to` the person. */
export function echoChange(
  number: NumberMetadata,
  item: { from: string; to?: string; toUserId?: string; toParentUserId?: string; id: string; timestamp: string; content: ProviderContent },
  contacts?: unknown[],
): Change {
  const echo = present({
    from: item.from,
    to: item.to,
    to_user_id: item.toUserId,
    to_parent_user_id: item.toParentUserId,
    id: item.id,
    timestamp: item.timestamp,
    ...item.content,
  })
  const value = present({ messaging_product: 'whatsapp', metadata: metadataOf(number), contacts, message_echoes: [echo] })
  return { field: 'smb_message_echoes', value }
}

/** A person stopped or resumed marketing messages. The timestamp is a number here. */
export function preferenceChange(
  number: NumberMetadata,
  person: Person,
  preference: { value: 'stop' | 'resume' | 'signup'; detail: string; timestamp: number; signupId?: string },
): Change {
  const item = present({
    wa_id: person.waId,
    user_id: person.userId,
    detail: preference.detail,
    category: 'marketing_messages',
    value: preference.value,
    signup_id: preference.signupId,
    timestamp: preference.timestamp,
  })
  const value = { messaging_product: 'whatsapp', metadata: metadataOf(number), contacts: [contactOf(person)], user_preferences: [item] }
  return { field: 'user_preferences', value }
}

/** A template's identity as every template field begins; the id is a number, at times beyond 2^53 (see `rawNumber`). */
export interface TemplateRef {
  id: unknown
  name: string
  language: string
}

function templateRefOf(template: TemplateRef) {
  return {
    message_template_id: template.id,
    message_template_name: template.name,
    message_template_language: template.language,
  }
}

export function templateStatusChange(
  template: TemplateRef & { category?: string },
  update: {
    event: string
    reason: string | null
    rejection?: { reason: string; recommendation: string }
    pause?: { title: string; description: string }
  },
): Change {
  const value = present({
    event: update.event,
    ...templateRefOf(template),
    reason: update.reason,
    message_template_category: template.category,
    other_info: update.pause,
    rejection_info: update.rejection,
  })
  return { field: 'message_template_status_update', value }
}

export function templateQualityChange(template: TemplateRef, update: { previous: string; next: string }): Change {
  const value = { previous_quality_score: update.previous, new_quality_score: update.next, ...templateRefOf(template) }
  return { field: 'message_template_quality_update', value }
}

export function templateCategoryChange(
  template: TemplateRef,
  update: { previous?: string; next: string; correct?: string; at?: number },
): Change {
  const value = present({
    ...templateRefOf(template),
    previous_category: update.previous,
    new_category: update.next,
    correct_category: update.correct,
    category_update_timestamp: update.at,
  })
  return { field: 'template_category_update', value }
}

/** Leaves absent fields out; null stays, since Meta sends some. */
export function present<T extends Record<string, unknown>>(fields: T): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
