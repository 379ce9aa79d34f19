import { bsuidOf } from '../whatsapp/identity.ts'
import { nowMs, type Provider } from '../whatsapp/provider.ts'
import type { RenderedTemplate } from '../whatsapp/rules/template-send.ts'
import type { BusinessNumber, ChatMessage, Customer } from '../whatsapp/types.ts'
import type { Attachment, Bubble, Choice, NumberRow, PersonRow, PersonSettings } from './frames.ts'

/** How long after sending a message may still be changed, milliseconds. */
const EDIT_MS = 15 * 60_000
/** People the phone's list shows, newest first. */
const PEOPLE = 50

type Part = Record<string, unknown>

/** The bubbles of a chat, oldest first; reactions are shown on what they are about. */
export function bubblesOf(provider: Provider, phoneNumberId: string, customerId: string): Bubble[] {
  const messages = provider.ledger.world.findChat(phoneNumberId, customerId)?.messages ?? []
  return messages.filter((message) => isOnPhone(provider, message)).map((message) => bubbleOf(provider, message))
}

/** Whether the customer has it before his eyes: his own words, and what reached a phone that is switched on. */
export function isOnPhone(provider: Provider, message: ChatMessage): boolean {
  if (message.content.type === 'reaction' || message.status === 'failed') return false
  if (message.direction === 'inbound' || ['delivered', 'read', 'played'].includes(message.status)) return true
  const customer = provider.ledger.world.customers.get(message.customerId)
  return customer?.online === true && customer.failWith === null && message.errorCode === null
}

export function bubbleOf(provider: Provider, message: ChatMessage): Bubble {
  const mine = message.direction === 'inbound'
  return {
    ...EMPTY,
    id: message.wamid,
    mine,
    atMs: message.at,
    ...(message.deleted ? {} : shownContent(provider, message)),
    replyTo: message.replyTo === null ? null : quoteOf(provider, message.replyTo),
    reactions: { mine: message.reactions.customer ?? null, theirs: message.reactions.business ?? null },
    status: message.status,
    errorCode: message.errorCode,
    edited: message.edited,
    deleted: message.deleted,
    answered: message.answered,
    editable:
      mine &&
      !message.deleted &&
      nowMs(provider) - message.at < EDIT_MS &&
      ['text', 'image', 'video', 'document'].includes(message.content.type),
  }
}

const EMPTY = {
  text: null,
  header: null,
  footer: null,
  attachment: null,
  location: null,
  cards: [],
  choices: [],
  list: null,
  other: null,
  isTemplate: false,
}

function shownContent(provider: Provider, message: ChatMessage): Partial<Bubble> {
  const { content } = message
  const part = (content[content.type] ?? {}) as Part
  switch (content.type) {
    case 'text':
      return { text: textIn(part, 'body') }
    case 'image':
    case 'video':
    case 'audio':
    case 'document':
    case 'sticker':
      return { attachment: attachmentOf(provider, content.type, part), text: textIn(part, 'caption') }
    case 'location':
      return { location: placeOf(part) }
    case 'contacts':
      return { cards: (content.contacts as Part[]).map(cardOf) }
    case 'interactive':
      return message.direction === 'inbound' ? { text: chosenTitle(part) } : interactiveOf(provider, part)
    case 'button':
      return { text: textIn(part, 'text') }
    case 'order':
      return { text: textIn(part, 'text'), other: 'order' }
    case 'template':
      return templateOf(provider, content.rendered as RenderedTemplate)
    default:
      return { other: content.type }
  }
}

function interactiveOf(provider: Provider, part: Part): Partial<Bubble> {
  const action = (part.action ?? {}) as Part
  const header = part.header as Part | undefined
  const kind = header?.type
  const common = {
    header: header ? textIn(header, 'text') : null,
    attachment: kind === 'image' || kind === 'video' || kind === 'document' ? attachmentOf(provider, kind, header?.[kind] as Part) : null,
    text: textIn((part.body ?? {}) as Part, 'text'),
    footer: textIn((part.footer ?? {}) as Part, 'text'),
  }
  if (part.type === 'button') {
    const buttons = action.buttons as { reply: { id: string; title: string } }[]
    return { ...common, choices: buttons.map(({ reply }) => ({ kind: 'reply', id: reply.id, title: reply.title, value: '' })) }
  }
  if (part.type === 'list') return { ...common, list: listOf(action) }
  if (part.type === 'cta_url') {
    const { display_text: title, url } = action.parameters as { display_text: string; url: string }
    return { ...common, choices: [{ kind: 'url', id: 'url', title, value: url }] }
  }
  if (part.type === 'location_request_message') return { ...common, choices: [{ kind: 'location', id: 'location', title: '', value: '' }] }
  const cta = (action.parameters as Part | undefined)?.flow_cta
  return {
    ...common,
    choices: typeof cta === 'string' ? [{ kind: 'other', id: 'flow', title: cta, value: '' }] : [],
    other: cta ? null : String(part.type),
  }
}

function listOf(action: Part): Bubble['list'] {
  const sections = action.sections as { title?: string; rows: { id: string; title: string; description?: string }[] }[]
  return {
    button: textIn(action, 'button') ?? '',
    sections: sections.map(({ title, rows }) => ({
      title: title ?? null,
      rows: rows.map((row) => ({ id: row.id, title: row.title, description: row.description ?? null })),
    })),
  }
}

function templateOf(provider: Provider, rendered: RenderedTemplate): Partial<Bubble> {
  const { header } = rendered
  const media =
    header !== null && header.kind !== 'text' && header.kind !== 'location'
      ? attachmentOf(provider, header.kind, header.media as Part)
      : null
  return {
    isTemplate: true,
    header: header?.kind === 'text' ? header.text : null,
    attachment: media,
    location: header?.kind === 'location' ? placeOf((header.location ?? {}) as Part) : null,
    text: rendered.body,
    footer: rendered.footer,
    choices: rendered.buttons.map(
      (button): Choice => ({ kind: button.kind, id: button.value || button.text, title: button.text, value: button.value }),
    ),
  }
}

function attachmentOf(provider: Provider, type: 'image' | 'video' | 'audio' | 'document' | 'sticker', part: Part): Attachment {
  const media = typeof part.id === 'string' ? provider.ledger.world.media.get(part.id) : undefined
  const link = textIn(part, 'link')
  return {
    kind: type === 'audio' && part.voice === true ? 'voice' : type,
    url: media ? `phone/media/${media.id}` : null,
    link: link !== null && /^https?:/.test(link) ? link : null,
    fileName: textIn(part, 'filename') ?? media?.fileName ?? null,
    sizeBytes: media?.sizeBytes ?? null,
  }
}

function placeOf(part: Part): NonNullable<Bubble['location']> {
  return {
    latitude: Number(part.latitude),
    longitude: Number(part.longitude),
    name: textIn(part, 'name'),
    address: textIn(part, 'address'),
  }
}

function cardOf(card: Part): { name: string; lines: string[] } {
  const name = (card.name ?? {}) as Part
  const phones = (card.phones ?? []) as Part[]
  const emails = (card.emails ?? []) as Part[]
  const lines = [...phones.map((phone) => textIn(phone, 'phone')), ...emails.map((email) => textIn(email, 'email'))]
  return { name: textIn(name, 'formatted_name') ?? textIn(name, 'first_name') ?? '', lines: lines.filter((line) => line !== null) }
}

function chosenTitle(part: Part): string | null {
  const reply = (part.button_reply ?? part.list_reply ?? part.nfm_reply ?? {}) as Part
  return textIn(reply, 'title') ?? textIn(reply, 'body')
}

function quoteOf(provider: Provider, wamid: string): Bubble['replyTo'] {
  const message = provider.ledger.world.messages.get(wamid)
  return message ? { id: wamid, mine: message.direction === 'inbound', preview: previewOf(provider, message) } : null
}

/** One line for lists and quotes; a word in brackets stands for what has no text, and the page puts it in the person's language. */
function previewOf(provider: Provider, message: ChatMessage): string {
  if (message.deleted) return '[deleted]'
  const shown = shownContent(provider, message)
  const text = shown.text ?? shown.header ?? shown.attachment?.fileName ?? shown.cards?.[0]?.name
  return (text || `[${shown.attachment?.kind ?? message.content.type}]`).slice(0, 160)
}

/** People with the newest activity towards a number, then those who never wrote. */
export function peopleOf(provider: Provider, phoneNumberId: string): PersonRow[] {
  const { world } = provider.ledger
  const chats = [...world.chats.values()].filter((chat) => chat.phoneNumberId === phoneNumberId)
  const active = chats.sort((a, b) => b.touchedAt - a.touchedAt).slice(0, PEOPLE)
  const ids = new Set(active.map((chat) => chat.customerId))
  const others = [...world.customers.keys()].filter((id) => !ids.has(id)).slice(0, PEOPLE - ids.size)
  return [...ids, ...others].flatMap((id) => {
    const customer = world.customers.get(id)
    return customer ? [rowOf(provider, phoneNumberId, customer)] : []
  })
}

function rowOf(provider: Provider, phoneNumberId: string, customer: Customer): PersonRow {
  const messages = (provider.ledger.world.findChat(phoneNumberId, customer.id)?.messages ?? []).filter((message) =>
    isOnPhone(provider, message),
  )
  const newest = messages.at(-1)
  const unread = messages.filter((message) => message.direction === 'outbound' && message.status === 'delivered').length
  return {
    id: customer.id,
    name: nameOf(customer),
    address: addressOf(customer),
    preview: newest ? previewOf(provider, newest) : null,
    previewMine: newest?.direction === 'inbound',
    atMs: newest?.at ?? null,
    unread: customer.readReceipts ? unread : 0,
  }
}

export function settingsOf(customer: Customer, number: BusinessNumber | undefined): PersonSettings {
  const { id, online, readReceipts, receiptDelayMs, failWith } = customer
  const userId = number ? (bsuidOf(customer, number) ?? null) : customer.userId
  return { id, name: nameOf(customer), address: addressOf(customer), userId, online, readReceipts, receiptDelayMs, failWith }
}

function nameOf(customer: Customer): string {
  return customer.name ?? addressOf(customer) ?? customer.userId ?? customer.id
}

function addressOf(customer: Customer): string | null {
  return customer.waId === null
    ? customer.username === null
      ? null
      : leftToRight(`@${customer.username}`)
    : leftToRight(`+${customer.waId}`)
}

export function numberRow(number: BusinessNumber): NumberRow {
  return { phoneNumberId: number.phoneNumberId, name: number.name, displayNumber: leftToRight(number.displayNumber) }
}

/** Numbers keep their order inside Arabic lines (Unicode isolates, UAX 9). */
function leftToRight(text: string): string {
  return `\u2066${text}\u2069`
}

function textIn(part: Part, name: string): string | null {
  const value = part[name]
  return typeof value === 'string' && value !== '' ? value : null
}
