import { seededRandom, shuffled } from '../random.ts'
import { textContent, unsupportedContent } from './content.ts'
import { bsuidOf, digitsOf, newWamid } from './identity.ts'
import { nowMs, type Provider, postWebhooks, secondsText, type WebhookPost } from './provider.ts'
import { perSecond } from './rates.ts'
import { metadataOf, personOf } from './receipts.ts'
import type { BusinessNumber, ChatMessage, Customer, ProviderContent } from './types.ts'
import { contactOf, inboundMessage, type MessageContext, messagesValue, type Referral } from './webhooks.ts'
import type { WorldEntry } from './world.ts'

/** Something a customer does on the phone. */
export interface Incoming {
  number: BusinessNumber
  customer: Customer
  content: ProviderContent
  wamid?: string
  atMs?: number
  replyTo?: string
  forwarded?: 'once' | 'often'
  referral?: Referral
  groupId?: string
}

export interface DeliveryStyle {
  /** All in one body (up to 1,000), or one body each. */
  together: boolean
  /** How often each body is posted. */
  copies: number
  /** Posts the bodies in an order drawn with this seed; null = as given. */
  shuffleSeed: number | null
}

const ONE_BY_ONE: DeliveryStyle = { together: false, copies: 1, shuffleSeed: null }

export interface Received {
  wamids: string[]
  webhookIds: string[]
}

/** Takes what customers do, remembers it and posts the webhooks. */
export async function receive(provider: Provider, incoming: readonly Incoming[], style: DeliveryStyle = ONE_BY_ONE): Promise<Received> {
  const items = incoming.map((item) => ({
    ...item,
    atMs: item.atMs ?? nowMs(provider),
    wamid: item.wamid ?? newWamid(addressOf(item.customer), 'inbound'),
  }))
  for (const { number } of items) {
    if (number.messagesPerSecond !== null) provider.rates.force(number.phoneNumberId, perSecond(number.messagesPerSecond), nowMs(provider))
  }
  await Promise.all([
    provider.ledger.record(...items.flatMap((item) => entriesOf(provider, item))),
    provider.journal.append(
      ...items.map(({ wamid, number, customer, content }) => ({
        kind: 'customer.message' as const,
        wamid,
        phoneNumberId: number.phoneNumberId,
        customerId: customer.id,
        waId: customer.waId,
        userId: bsuidOf(customer, number) ?? null,
        type: content.type,
      })),
    ),
  ])
  for (const item of items) publish(provider, item)
  const bodies = style.together ? [groupByNumber(items)] : items.map((item) => [[item]])
  const posts = bodies.flatMap((groups) => postOf(groups) ?? [])
  const ordered = style.shuffleSeed === null ? posts : shuffled(posts, seededRandom(style.shuffleSeed))
  return { wamids: items.map((item) => item.wamid), webhookIds: await postWebhooks(provider, ordered, style.copies) }
}

type Item = Incoming & { atMs: number; wamid: string }

/** One body: an entry for each number that listens. */
function postOf(groups: readonly Item[][]): WebhookPost | undefined {
  const heard = groups.filter(([first]) => first?.number.subscribed)
  const first = heard[0]?.[0]
  if (!first) return undefined
  const entries = heard.map((group) => ({
    id: (group[0] as Item).number.wabaId,
    changes: [{ field: 'messages', value: updateOf(group) }],
  }))
  const items = heard.flat().map((item) => `message:${item.wamid}`)
  return { wabaId: first.number.wabaId, phoneNumberId: first.number.phoneNumberId, entries, items }
}

function groupByNumber(items: readonly Item[]): Item[][] {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(item.number.phoneNumberId, [...(groups.get(item.number.phoneNumberId) ?? []), item])
  return [...groups.values()]
}

function updateOf(group: readonly Item[]): Record<string, unknown> {
  const number = (group[0] as Item).number
  const people = new Map(group.filter((item) => item.content.type !== 'system').map((item) => [item.customer.id, item]))
  const contacts = people.size === 0 ? undefined : [...people.values()].map((item) => contactOf(personOf(item)))
  return messagesValue(metadataOf(number), { contacts, messages: group.map(messageOf) })
}

function messageOf(item: Item): Record<string, unknown> {
  const { number, customer } = item
  return inboundMessage({
    from: customer.waId ?? undefined,
    fromUserId: item.content.type === 'system' ? undefined : bsuidOf(customer, number),
    groupId: item.groupId,
    id: item.wamid,
    timestamp: secondsText(item.atMs),
    content: asTold(item),
    context: contextOf(item),
    referral: item.referral,
  })
}

/** Edits and deletions reach numbers shared with the Business app; others hear that something unsupported happened. */
function asTold({ number, content }: Item): ProviderContent {
  if (number.businessApp || (content.type !== 'edit' && content.type !== 'revoke')) return content
  return unsupportedContent(content.type)
}

function contextOf(item: Item): MessageContext | undefined {
  const forwarded = item.forwarded === 'once' ? { forwarded: true } : item.forwarded === 'often' ? { frequentlyForwarded: true } : undefined
  return item.replyTo === undefined ? forwarded : { ...forwarded, from: digitsOf(item.number.displayNumber), id: item.replyTo }
}

function addressOf(customer: Customer): string {
  return customer.waId ?? customer.userId ?? customer.id
}

/** What the chat remembers of it. Reactions, edits and deletions change the message they are about. */
function entriesOf(provider: Provider, item: Item): WorldEntry[] {
  const { number, customer, content, wamid, atMs } = item
  const { phoneNumberId } = number
  const heard: WorldEntry = { t: 'heard', phoneNumberId, customerId: customer.id, at: atMs }
  const change = changeOf(provider, content)
  if (change) return [heard, change]
  if (content.type === 'system') return []
  const message: ChatMessage = {
    wamid,
    phoneNumberId,
    customerId: customer.id,
    direction: 'inbound',
    at: atMs,
    content,
    status: 'sent',
    echo: null,
    pricing: null,
    errorCode: null,
    replyTo: item.replyTo ?? null,
    reactions: {},
    edited: false,
    deleted: false,
    answered: null,
  }
  const chosen = chosenIn(content)
  const answered: WorldEntry[] =
    chosen !== undefined && item.replyTo !== undefined ? [{ t: 'message_changed', wamid: item.replyTo, change: { answered: chosen } }] : []
  return [{ t: 'message', message }, ...answered]
}

function changeOf(provider: Provider, content: ProviderContent): WorldEntry | undefined {
  const part = content[content.type] as { message_id?: string; emoji?: string; original_message_id?: string; message?: ProviderContent }
  if (content.type === 'reaction' && part.message_id) {
    const before = provider.ledger.world.messages.get(part.message_id)?.reactions
    return { t: 'message_changed', wamid: part.message_id, change: { reactions: { ...before, customer: part.emoji || undefined } } }
  }
  if (content.type === 'edit' && part.original_message_id && part.message) {
    return { t: 'message_changed', wamid: part.original_message_id, change: { content: part.message, edited: true } }
  }
  if (content.type === 'revoke' && part.original_message_id) {
    return { t: 'message_changed', wamid: part.original_message_id, change: { content: textContent(''), deleted: true } }
  }
  return undefined
}

/** Id of the button or row a reply chose. */
function chosenIn(content: ProviderContent): string | undefined {
  const interactive = content.interactive as Record<string, { id?: string }> | undefined
  const button = content.button as { text?: string } | undefined
  return interactive?.button_reply?.id ?? interactive?.list_reply?.id ?? button?.text
}

function publish(provider: Provider, item: Item): void {
  const part = item.content[item.content.type] as { message_id?: string; original_message_id?: string } | undefined
  const wamids = [part?.message_id ?? part?.original_message_id ?? item.wamid, ...(item.replyTo ? [item.replyTo] : [])]
  for (const wamid of wamids) provider.live.publish(item.number.phoneNumberId, item.customer.id, { type: 'message', wamid })
}
