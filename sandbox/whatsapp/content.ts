import type { ProviderContent } from './types.ts'
import { errorOf, type ProviderError, present } from './webhooks.ts'

/** What a customer's message carries, as Meta words it: `{ type, [type]: … }`. */

export function textContent(body: string): ProviderContent {
  return { type: 'text', text: { body } }
}

export interface MediaParts {
  id: string
  mimeType: string
  /** Base64 in webhooks, where the media query answers with hex. */
  sha256: string
  /** Some accounts get the address at once since November 2025; nobody may rely on it. */
  url?: string
  caption?: string
  fileName?: string
  voice?: boolean
  animated?: boolean
}

export function mediaContent(type: 'image' | 'video' | 'audio' | 'document' | 'sticker', media: MediaParts): ProviderContent {
  const parts = present({
    caption: media.caption,
    filename: media.fileName,
    mime_type: media.mimeType,
    sha256: media.sha256,
    id: media.id,
    url: media.url,
    voice: media.voice,
    animated: media.animated,
  })
  return { type, [type]: parts }
}

export function locationContent(place: {
  latitude: number
  longitude: number
  name?: string
  address?: string
  url?: string
}): ProviderContent {
  const { latitude, longitude, name, address, url } = place
  return { type: 'location', location: present({ latitude, longitude, name, address, url }) }
}

/** One shared contact card; only what the phone book had is there. */
export interface Card {
  name?: Record<string, string>
  phones?: { phone?: string; waId?: string; type?: string }[]
  emails?: { email?: string; type?: string }[]
  addresses?: Record<string, string>[]
  urls?: { url?: string; type?: string }[]
  organization?: Record<string, string>
  birthday?: string
}

export function contactsContent(cards: readonly Card[]): ProviderContent {
  const contacts = cards.map((card) =>
    present({
      addresses: card.addresses,
      birthday: card.birthday,
      emails: card.emails?.map(({ email, type }) => present({ email, type })),
      name: card.name,
      org: card.organization,
      phones: card.phones?.map(({ phone, waId, type }) => present({ phone, wa_id: waId, type })),
      urls: card.urls?.map(({ url, type }) => present({ url, type })),
    }),
  )
  return { type: 'contacts', contacts }
}

/** A removed reaction has no emoji. */
export function reactionContent(messageId: string, emoji?: string): ProviderContent {
  return { type: 'reaction', reaction: present({ message_id: messageId, emoji }) }
}

export function buttonReplyContent(reply: { id: string; title: string }): ProviderContent {
  return { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: reply.id, title: reply.title } } }
}

export function listReplyContent(reply: { id: string; title: string; description?: string }): ProviderContent {
  const { id, title, description } = reply
  return { type: 'interactive', interactive: { type: 'list_reply', list_reply: present({ id, title, description }) } }
}

/** A completed flow; its answers are JSON inside JSON. */
export function flowReplyContent(reply: { responseJson: string; body: string; name: string }): ProviderContent {
  const nfm_reply = { response_json: reply.responseJson, body: reply.body, name: reply.name }
  return { type: 'interactive', interactive: { type: 'nfm_reply', nfm_reply } }
}

export function callPermissionContent(reply: {
  response: string
  responseSource: string
  isPermanent?: boolean
  expirationTimestamp?: string | number
}): ProviderContent {
  const call_permission_reply = present({
    response: reply.response,
    is_permanent: reply.isPermanent,
    expiration_timestamp: reply.expirationTimestamp,
    response_source: reply.responseSource,
  })
  return { type: 'interactive', interactive: { type: 'call_permission_reply', call_permission_reply } }
}

/** A tap on a template's quick reply, which is not `interactive`. */
export function quickReplyContent(button: { payload: string; text: string }): ProviderContent {
  return { type: 'button', button: { payload: button.payload, text: button.text } }
}

export interface OrderedProduct {
  productRetailerId: string
  quantity: number
  itemPrice: number
  currency: string
}

export function orderContent(order: { catalogId: string; text?: string; products: readonly OrderedProduct[] }): ProviderContent {
  const product_items = order.products.map((product) => ({
    product_retailer_id: product.productRetailerId,
    quantity: product.quantity,
    item_price: product.itemPrice,
    currency: product.currency,
  }))
  return { type: 'order', order: present({ catalog_id: order.catalogId, text: order.text, product_items }) }
}

export function systemContent(system: {
  type: string
  body?: string
  waId?: string
  userId?: string
  identity?: string
  customer?: string
}): ProviderContent {
  const { type, body, waId, userId, identity, customer } = system
  return { type: 'system', system: present({ body, wa_id: waId, user_id: userId, identity, customer, type }) }
}

/** The customer changed what he wrote; only numbers shared with the Business app hear of it as such. */
export function editContent(originalMessageId: string, message: ProviderContent): ProviderContent {
  return { type: 'edit', edit: { original_message_id: originalMessageId, message } }
}

export function revokeContent(originalMessageId: string): ProviderContent {
  return { type: 'revoke', revoke: { original_message_id: originalMessageId } }
}

/** What the platform can't pass on, such as polls, and edits on numbers not shared with the Business app. */
export function unsupportedContent(type?: string, errors: readonly ProviderError[] = [UNKNOWN_TYPE]): ProviderContent {
  const unsupported = type === undefined ? undefined : { type }
  return { type: 'unsupported', ...present({ errors: errors.map(errorOf), unsupported }) }
}

const UNKNOWN_TYPE: ProviderError = {
  code: 131051,
  title: 'Message type unknown',
  message: 'Message type unknown',
  details: 'Message type is currently not supported.',
}
