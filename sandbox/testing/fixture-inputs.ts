import {
  type Change,
  contactOf,
  echoChange,
  errorOf,
  inboundMessage,
  messagesValue,
  type Person,
  preferenceChange,
  statusOf,
  templateCategoryChange,
  templateQualityChange,
  templateStatusChange,
  webhookBody,
} from '../whatsapp/webhooks.ts'
import { contentIn } from './fixture-content.ts'
import { as, errorIn, type Json, text } from './fixture-json.ts'

export interface Rebuilt {
  /** What the payload holds, such as `messages:text`, `messages:status:read` or a field's name. */
  kinds: string[]
  /** The changes of kinds we build, as recorded and as the sandbox would say the same. */
  built: { kind: string; original: unknown; ours: unknown }[]
}

/** Reads a recorded webhook as inputs of our builders and builds it again; kinds without a builder are named only. */
export function rebuild(fixture: unknown): Rebuilt {
  const result: Rebuilt = { kinds: [], built: [] }
  const { entry, field } = fixture as { entry?: { id: string; time?: number; changes: Change[] }[]; field?: string }
  const entries = entry ?? (field ? [{ id: '1', changes: [fixture as Change] }] : [])
  for (const { id, time, changes } of entries) {
    for (const change of changes) {
      const kinds = kindsOf(change)
      result.kinds.push(...kinds)
      const ours = rebuildChange(change)
      if (!ours) continue
      const original = { object: 'whatsapp_business_account', entry: [{ id, time, changes: [change] }] }
      const said = webhookBody([{ id, ...(time === undefined ? {} : { time }), changes: [ours] }])
      result.built.push(...kinds.map((kind) => ({ kind, original: withoutUndefined(original), ours: said })))
    }
  }
  return result
}

function withoutUndefined(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function kindsOf({ field, value }: Change): string[] {
  if (field !== 'messages')
    return [field === 'message_template_status_update' && 'new_quality_score' in value ? 'message_template_quality_update' : field]
  const messages = (value.messages ?? []) as Json[]
  const statuses = (value.statuses ?? []) as Json[]
  const kinds = [
    ...messages.map((message) => `messages:${message.type}${message.interactive ? `:${message.interactive.type}` : ''}`),
    ...statuses.map((status) => `messages:status:${status.status}`),
  ]
  return kinds.length > 0 ? kinds : ['messages:errors']
}

function rebuildChange({ field, value }: Change): Change | undefined {
  const number = numberIn(value)
  switch (field) {
    case 'messages':
      return rebuildMessages(value)
    case 'smb_message_echoes': {
      const [echo] = value.message_echoes as Json[]
      if (!echo) return undefined
      const item = {
        from: as<string>(echo.from),
        to: text(echo.to),
        toUserId: text(echo.to_user_id),
        toParentUserId: text(echo.to_parent_user_id),
        id: as<string>(echo.id),
        timestamp: as<string>(echo.timestamp),
        content: contentIn(echo),
      }
      return echoChange(number, item, contactsIn(value))
    }
    case 'user_preferences':
      return rebuildPreference(value)
    case 'template_category_update':
    case 'message_template_status_update':
    case 'message_template_quality_update':
      return rebuildTemplate(field, value)
    default:
      return undefined
  }
}

function rebuildMessages(value: Record<string, unknown>): Change {
  const parts = {
    contacts: contactsIn(value),
    messages: as<Json[] | undefined>(value.messages)?.map(messageIn),
    statuses: as<Json[] | undefined>(value.statuses)?.map(statusIn),
    errors: as<Json[] | undefined>(value.errors)?.map((error) => errorOf(errorIn(error))),
  }
  return { field: 'messages', value: messagesValue(numberIn(value), parts) }
}

function numberIn(value: Record<string, unknown>) {
  const metadata = (value.metadata ?? {}) as Json
  return { displayNumber: as<string>(metadata.display_phone_number), phoneNumberId: as<string>(metadata.phone_number_id) }
}

function contactsIn(value: Record<string, unknown>): unknown[] | undefined {
  return as<Json[] | undefined>(value.contacts)?.map((contact) => contactOf(personIn(contact)))
}

function personIn(contact: Json): Person {
  const profile = contact.profile ?? {}
  return {
    name: text(profile.name),
    username: text(profile.username),
    countryCode: text(profile.country_code),
    waId: text(contact.wa_id),
    userId: text(contact.user_id),
    parentUserId: text(contact.parent_user_id),
    identityKeyHash: text(contact.identity_key_hash),
  }
}

function messageIn(message: Json) {
  const { context, referral } = message
  return inboundMessage({
    from: text(message.from),
    fromUserId: text(message.from_user_id),
    fromParentUserId: text(message.from_parent_user_id),
    fromLogicalId: text(message.from_logical_id),
    groupId: text(message.group_id),
    id: as<string>(message.id),
    timestamp: as<string>(message.timestamp),
    content: contentIn(message),
    context: context && {
      from: text(context.from),
      id: text(context.id),
      forwarded: as(context.forwarded),
      frequentlyForwarded: as(context.frequently_forwarded),
      referredProduct: context.referred_product && {
        catalogId: as<string>(context.referred_product.catalog_id),
        productRetailerId: as<string>(context.referred_product.product_retailer_id),
      },
    },
    referral: referral && {
      sourceUrl: text(referral.source_url),
      sourceId: text(referral.source_id),
      sourceType: text(referral.source_type),
      body: text(referral.body),
      headline: text(referral.headline),
      mediaType: text(referral.media_type),
      imageUrl: text(referral.image_url),
      videoUrl: text(referral.video_url),
      thumbnailUrl: text(referral.thumbnail_url),
      clickId: text(referral.ctwa_clid),
      welcomeText: text(referral.welcome_message?.text),
    },
  })
}

function statusIn(status: Json) {
  const { conversation } = status
  return statusOf({
    id: as(status.id),
    status: as(status.status),
    timestamp: as(status.timestamp),
    recipientId: text(status.recipient_id),
    recipientUserId: text(status.recipient_user_id),
    recipientParentUserId: text(status.recipient_parent_user_id),
    echo: text(status.biz_opaque_callback_data),
    pricing: as(status.pricing),
    conversation: conversation && {
      id: as(conversation.id),
      expirationTimestamp: as(conversation.expiration_timestamp),
      originType: as(conversation.origin?.type),
    },
    errors: as<Json[] | undefined>(status.errors)?.map(errorIn),
  })
}

function rebuildPreference(value: Record<string, unknown>): Change | undefined {
  const [preference] = value.user_preferences as Json[]
  const [contact] = (value.contacts ?? []) as Json[]
  if (!preference) return undefined
  const change = preferenceChange(
    numberIn(value),
    { ...personIn(contact ?? {}), waId: text(preference.wa_id), userId: text(preference.user_id) },
    {
      value: as(preference.value),
      detail: as(preference.detail),
      timestamp: as(preference.timestamp),
      signupId: text(preference.signup_id),
    },
  )
  // The contact may be named by more than the preference itself is.
  return { ...change, value: { ...change.value, contacts: contactsIn(value) } }
}

function rebuildTemplate(field: string, value: Record<string, unknown>): Change {
  const template = {
    id: value.message_template_id,
    name: as<string>(value.message_template_name),
    language: as<string>(value.message_template_language),
  }
  if (field === 'template_category_update') {
    return templateCategoryChange(template, {
      previous: text(value.previous_category),
      next: as(value.new_category),
      correct: text(value.correct_category),
      at: as(value.category_update_timestamp),
    })
  }
  if ('new_quality_score' in value) {
    const change = templateQualityChange(template, { previous: as(value.previous_quality_score), next: as(value.new_quality_score) })
    // One recording carries this value under the status field's name.
    return { ...change, field }
  }
  return templateStatusChange(
    { ...template, category: text(value.message_template_category) },
    { event: as(value.event), reason: as(value.reason), rejection: as(value.rejection_info), pause: as(value.other_info) },
  )
}
