import {
  buttonReplyContent,
  type Card,
  callPermissionContent,
  contactsContent,
  editContent,
  flowReplyContent,
  listReplyContent,
  locationContent,
  mediaContent,
  orderContent,
  quickReplyContent,
  reactionContent,
  revokeContent,
  systemContent,
  textContent,
  unsupportedContent,
} from '../whatsapp/content.ts'
import type { ProviderContent } from '../whatsapp/types.ts'
import { as, errorIn, type Json, text } from './fixture-json.ts'

const MEDIA = ['image', 'video', 'audio', 'document', 'sticker'] as const

/** A message's content as our own words for it. A type we have no words for stays as it is only when it has no part at all. */
export function contentIn(message: Json): ProviderContent {
  const type = as<string>(message.type)
  const part = message[type] ?? {}
  const media = MEDIA.find((kind) => kind === type)
  if (media) return mediaContent(media, mediaIn(part))
  if (type === 'text') return textContent(as(part.body))
  if (type === 'location')
    return locationContent({
      latitude: as(part.latitude),
      longitude: as(part.longitude),
      name: text(part.name),
      address: text(part.address),
      url: text(part.url),
    })
  if (type === 'contacts') return contactsContent((as<Json[]>(message.contacts) ?? []).map(cardIn))
  if (type === 'reaction') return reactionContent(as(part.message_id), text(part.emoji))
  if (type === 'interactive') return interactiveIn(message.interactive)
  if (type === 'button') return quickReplyContent({ payload: as(part.payload), text: as(part.text) })
  if (type === 'order') return orderIn(part)
  if (type === 'system') {
    const { type: kind, body, wa_id: waId, user_id: userId, identity, customer } = part
    return systemContent(as({ type: kind, body, waId, userId, identity, customer }))
  }
  if (type === 'edit') return editContent(as(part.original_message_id), editedIn(part.message ?? {}))
  if (type === 'revoke') return revokeContent(as(part.original_message_id))
  if (type === 'unsupported' || type === 'unknown') {
    return { ...unsupportedContent(text(part.type), as<Json[]>(message.errors ?? []).map(errorIn)), type }
  }
  return { type }
}

function mediaIn(part: Json) {
  return {
    id: as<string>(part.id),
    mimeType: as<string>(part.mime_type),
    sha256: as<string>(part.sha256),
    url: text(part.url),
    caption: text(part.caption),
    fileName: text(part.filename),
    voice: as<boolean | undefined>(part.voice),
    animated: as<boolean | undefined>(part.animated),
  }
}

/** An edited message may quote another one; that stays as recorded. */
function editedIn(message: Json): ProviderContent {
  const { context } = message
  return { ...(context ? { context } : {}), ...contentIn(message) }
}

function cardIn(card: Json): Card {
  const list = (name: string) => as<Json[] | undefined>(card[name])
  return {
    name: as(card.name),
    phones: list('phones')?.map(({ phone, wa_id: waId, type }) => as({ phone, waId, type })),
    emails: list('emails')?.map(({ email, type }) => as({ email, type })),
    addresses: as(card.addresses),
    urls: list('urls')?.map(({ url, type }) => as({ url, type })),
    organization: as(card.org),
    birthday: text(card.birthday),
  }
}

function interactiveIn(part: Json | undefined): ProviderContent {
  const button = part?.button_reply
  if (button) return buttonReplyContent(as(button))
  const list = part?.list_reply
  if (list) return listReplyContent(as(list))
  const flow = part?.nfm_reply
  if (flow) return flowReplyContent({ responseJson: as(flow.response_json), body: as(flow.body), name: as(flow.name) })
  const call = part?.call_permission_reply
  if (!call) return { type: 'interactive' }
  return callPermissionContent({
    response: as(call.response),
    responseSource: as(call.response_source),
    isPermanent: as(call.is_permanent),
    expirationTimestamp: as(call.expiration_timestamp),
  })
}

function orderIn(part: Json): ProviderContent {
  const products = as<Json[]>(part.product_items).map((item) => ({
    productRetailerId: as<string>(item.product_retailer_id),
    quantity: as<number>(item.quantity),
    itemPrice: as<number>(item.item_price),
    currency: as<string>(item.currency),
  }))
  return orderContent({ catalogId: as(part.catalog_id), text: text(part.text), products })
}
