import { LIMITS } from '#platform/limits.ts'
import type { ContactCard, InboundContent, InboundMedia, MediaKind } from '../connector.ts'
import { parseJson } from './json.ts'
import { cleanText, type Fields, fields, id, items, number, plainData, present, sha256Hex, text, webUrl } from './read.ts'

/** Reads the member named after the message's type; nothing when what it needs is not there. */
type ContentParser = (body: unknown) => InboundContent | undefined

const PARSERS: ReadonlyMap<string, ContentParser> = new Map<string, ContentParser>([
  ['text', textContent],
  ['image', mediaContent('image')],
  ['video', mediaContent('video')],
  ['audio', audioContent],
  ['document', mediaContent('document')],
  ['sticker', mediaContent('sticker')],
  ['location', locationContent],
  ['contacts', contactsContent],
  ['interactive', interactiveContent],
  ['button', buttonContent],
  ['order', orderContent],
])

/**
 * What a message says (section 5). A type we do not know, or one whose own content is missing, becomes `unsupported`, with
 * the provider's word for it: a placeholder is shown and the raw webhook keeps the rest.
 * @param errors of the message, or of its whole webhook when it has none itself
 */
export function contentOf(message: Fields, errors: readonly unknown[] = []): InboundContent {
  const type = text(message.type, LIMITS.nameChars) ?? 'unknown'
  const content = PARSERS.get(type)?.(message[type])
  const own = items(message.errors)
  const error = fields((own.length > 0 ? own : content ? [] : errors)[0])
  const provider = {
    code: id(error.code),
    title: text(error.title, LIMITS.errorChars),
    details: text(fields(error.error_data).details, LIMITS.errorChars),
  }
  if (!content)
    return { kind: 'unsupported', provider: { type: text(fields(message.unsupported).type, LIMITS.nameChars) ?? type, ...provider } }
  return present(provider) ? { ...content, provider: { type, ...provider } } : content
}

function textContent(body: unknown): InboundContent | undefined {
  const said = fields(body).body
  return typeof said === 'string' ? { kind: 'text', text: cleanText(said, LIMITS.messageTextChars) } : undefined
}

function mediaContent(kind: MediaKind): ContentParser {
  return (body) => {
    const file = fields(body)
    const media: InboundMedia = {
      kind,
      providerMediaId: id(file.id),
      url: webUrl(file.url),
      mimeType: text(file.mime_type, LIMITS.nameChars)?.toLowerCase(),
      sha256: sha256Hex(file.sha256),
      fileName: text(file.filename, LIMITS.fileNameChars),
      animated: typeof file.animated === 'boolean' ? file.animated : undefined,
    }
    if (!media.providerMediaId && !media.url) return undefined
    return { kind, text: text(file.caption, LIMITS.messageTextChars), media }
  }
}

/** A voice note is an audio file that says so. */
function audioContent(body: unknown): InboundContent | undefined {
  return mediaContent(fields(body).voice === true ? 'voice' : 'audio')(body)
}

function locationContent(body: unknown): InboundContent | undefined {
  const place = fields(body)
  const [latitude, longitude] = [number(place.latitude), number(place.longitude)]
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return undefined
  const name = text(place.name, LIMITS.nameChars)
  const address = text(place.address, LIMITS.captionChars)
  return {
    kind: 'location',
    text: name ?? address,
    location: { latitude, longitude, name, address, url: webUrl(place.url) },
  }
}

function contactsContent(body: unknown): InboundContent | undefined {
  const contacts = parts(body).map(contactCard)
  if (contacts.length === 0) return undefined
  return { kind: 'contacts', text: cleanText(contacts.map((card) => card.name).join(', '), LIMITS.captionChars), contacts }
}

/** Numbers, and mail addresses, that one card keeps. */
const ADDRESSES = 10

/** The name may be missing, whole or in part: then what is there must do, because a card without a label can't be shown. */
function contactCard(card: Fields): ContactCard {
  const phones = parts(card.phones, ADDRESSES).flatMap(({ phone, wa_id: waId, type }) => {
    const shown = text(phone, LIMITS.identityChars) ?? id(waId)
    return shown ? [{ phone: shown, waId: id(waId), type: text(type, LIMITS.nameChars) }] : []
  })
  const emails = parts(card.emails, ADDRESSES).flatMap(({ email: address, type }) => {
    const email = text(address, LIMITS.identityChars)
    return email ? [{ email, type: text(type, LIMITS.nameChars) }] : []
  })
  const organization = text(fields(card.org).company, LIMITS.nameChars)
  const name = nameOf(fields(card.name)) || organization || phones[0]?.phone || emails[0]?.email || ''
  return { name: cleanText(name, LIMITS.nameChars), phones, emails, organization }
}

function nameOf(name: Fields): string {
  const given = [name.first_name, name.middle_name, name.last_name].flatMap((part) => text(part, LIMITS.nameChars) ?? [])
  return text(name.formatted_name, LIMITS.nameChars) ?? given.join(' ')
}

/** Chosen by the member that is there: it says more than `type`, which samples fill in differently. */
function interactiveContent(body: unknown): InboundContent | undefined {
  const { button_reply: button, list_reply: row, nfm_reply: flow, call_permission_reply: permission } = fields(body)
  if (button) return choiceContent('button', fields(button))
  if (row) return choiceContent('list', fields(row))
  if (flow) return flowContent(fields(flow))
  if (permission) return permissionContent(fields(permission))
  return undefined
}

function choiceContent(source: 'button' | 'list', reply: Fields): InboundContent {
  const title = text(reply.title, LIMITS.captionChars)
  const description = text(reply.description, LIMITS.captionChars)
  const data = description === undefined ? undefined : { description }
  return { kind: 'interactive', text: title, choice: { source, id: id(reply.id), title, data } }
}

/** A completed form. Its answers are JSON inside text, and what they mean only the form's author knows. */
function flowContent(reply: Fields): InboundContent {
  const answers = text(reply.response_json, LIMITS.messageTextChars)
  return {
    kind: 'interactive',
    text: text(reply.body, LIMITS.messageTextChars),
    choice: {
      source: 'flow',
      title: text(reply.name, LIMITS.nameChars),
      data: answers === undefined ? undefined : plainData(jsonOr(answers)),
    },
  }
}

/** The answer to "may we call you?": accept or reject, and until when. */
function permissionContent(permission: Fields): InboundContent {
  const answer = text(permission.response, LIMITS.nameChars)
  return { kind: 'interactive', choice: { source: 'call_permission', id: answer, data: plainData(permission) } }
}

function jsonOr(answers: string): unknown {
  try {
    return parseJson(Buffer.from(answers))
  } catch {
    return answers
  }
}

/** A tap on a template's quick reply; unlike reply buttons it is not `interactive`. */
function buttonContent(body: unknown): InboundContent | undefined {
  const button = fields(body)
  const title = text(button.text, LIMITS.captionChars)
  const payload = text(button.payload, LIMITS.captionChars)
  if (title === undefined && payload === undefined) return undefined
  return { kind: 'button', text: title, choice: { source: 'quick_reply', id: payload, title } }
}

function orderContent(body: unknown): InboundContent | undefined {
  const order = fields(body)
  const note = text(order.text, LIMITS.messageTextChars)
  const lines = parts(order.product_items).flatMap((line) => {
    const productId = id(line.product_retailer_id)
    if (productId === undefined) return []
    return [{ productId, quantity: number(line.quantity) ?? 1, price: number(line.item_price), currency: text(line.currency, 8) }]
  })
  if (lines.length === 0) return undefined
  return { kind: 'order', text: note, order: { catalogId: id(order.catalog_id), text: note, items: lines } }
}

/** The entries of a list inside a message, no more than anybody would read. */
function parts(list: unknown, max: number = LIMITS.partsPerMessage): Fields[] {
  return items(list).slice(0, max).map(fields)
}
