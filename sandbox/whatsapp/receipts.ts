import { shuffled } from '../random.ts'
import type { Plan } from './behaviours.ts'
import { ERROR_PAGE, errorText } from './errors.ts'
import { bsuidOf } from './identity.ts'
import { later, nowMs, type Provider, postChanges, secondsText } from './provider.ts'
import type { BusinessNumber, ChatMessage, Customer, MessageStatus } from './types.ts'
import { contactOf, messagesValue, type StatusItem, statusOf } from './webhooks.ts'

const RANK: Readonly<Record<MessageStatus, number>> = { pending: 0, sent: 1, failed: 2, delivered: 3, read: 4, played: 5 }

type Receipt = StatusItem['status']

/** A person who looks at the chat has read a message after this long, milliseconds. */
const GLANCE_MS = 300

interface Route {
  number: BusinessNumber
  customer: Customer
}

/** Plans everything the provider will say about a message it has accepted. */
export function scheduleReceipts(provider: Provider, message: ChatMessage, plan: Plan): void {
  const route = routeOf(provider, message)
  if (!route) return
  const timing = { ...provider.receipts, ...route.number.receipts }
  const extraMs = route.customer.receiptDelayMs
  if (message.errorCode !== null) later(provider, timing.sentMs + extraMs, () => tell(provider, message, 'failed'))
  else if (plan.receipts.length > 0) scheduleScripted(provider, message, plan)
  else {
    later(provider, timing.sentMs + extraMs, async () => {
      await tell(provider, message, 'sent')
      if (message.content.type === 'reaction') return
      later(provider, Math.max(0, timing.deliveredMs - timing.sentMs) + extraMs, () => arrive(provider, message))
    })
  }
}

/** The message reaches the phone, if it is switched on; then somebody may read it. */
async function arrive(provider: Provider, message: ChatMessage): Promise<void> {
  const route = routeOf(provider, message)
  if (!route?.customer.online || message.status === 'read') return
  if (route.customer.failWith !== null) {
    await provider.ledger.record({ t: 'message_changed', wamid: message.wamid, change: { errorCode: route.customer.failWith } })
    await tell(provider, message, 'failed')
    return
  }
  await tell(provider, message, 'delivered')
  considerReading(provider, message, route)
}

/** Whoever looks at the chat reads at once; a phone that somebody holds elsewhere waits; an unattended person reads by himself. */
function considerReading(provider: Provider, message: ChatMessage, { number, customer }: Route): void {
  if (!customer.readReceipts) return
  const { phoneNumberId, customerId } = message
  const timing = { ...provider.receipts, ...number.receipts }
  const watched = provider.live.isWatched(phoneNumberId, customerId)
  if (!watched && provider.live.isHeld(customerId)) return
  const ms = watched ? GLANCE_MS : Math.max(0, timing.readMs - timing.deliveredMs) + customer.receiptDelayMs
  later(provider, ms, async () => {
    const attended = provider.live.isHeld(customerId) && !provider.live.isWatched(phoneNumberId, customerId)
    if (!attended) await tell(provider, message, 'read')
  })
}

/** The order of posts is a script's, the times in them are those of the honest order. */
function scheduleScripted(provider: Provider, message: ChatMessage, plan: Plan): void {
  const route = routeOf(provider, message)
  if (!route) return
  const timing = { ...provider.receipts, ...route.number.receipts }
  const effects = plan.receipts
  const dropped = new Set(effects.flatMap((effect) => effect.drop))
  const failWith = effects.find((effect) => effect.failWith !== undefined)?.failWith
  const honest: { status: Receipt; ms: number }[] = [
    { status: 'sent', ms: timing.sentMs },
    ...(failWith === undefined
      ? [
          { status: 'delivered' as const, ms: timing.deliveredMs },
          { status: 'read' as const, ms: timing.readMs },
        ]
      : [{ status: 'failed' as const, ms: timing.deliveredMs }]),
  ]
  const early = effects.some((effect) => effect.beforeAnswer)
  const reaction = message.content.type === 'reaction'
  const kept = honest.filter(({ status }) => (status === 'sent' ? !early : !reaction) && !dropped.has(status as 'sent'))
  const slots = kept.map(({ ms }) => ms)
  const order = effects.find((effect) => effect.order !== 'given')?.order ?? 'given'
  const posted = order === 'reversed' ? [...kept].reverse() : order === 'shuffled' ? shuffled(kept, plan.random) : kept
  const lateMs = effects.reduce((sum, effect) => sum + effect.lateMs, 0)
  const copies = effects.reduce((most, effect) => Math.max(most, effect.copies), 1)
  const start = nowMs(provider)
  for (const [index, { status, ms }] of posted.entries()) {
    const post = async () => {
      if (failWith !== undefined && status === 'failed') {
        await provider.ledger.record({ t: 'message_changed', wamid: message.wamid, change: { errorCode: failWith } })
      }
      await tell(provider, message, status, { atMs: start + ms, copies, again: true })
    }
    if (effects.some((effect) => effect.hold)) provider.held.push(() => later(provider, 0, post))
    else later(provider, (slots[index] ?? ms) + lateMs, post)
  }
}

/** Posts what scripts kept back. @returns how many receipts */
export function releaseHeld(provider: Provider): number {
  const held = provider.held.splice(0)
  for (const release of held) release()
  return held.length
}

/** Somebody looked at the chat: what had arrived is read now. */
export function customerLooked(provider: Provider, phoneNumberId: string, customerId: string): void {
  const chat = provider.ledger.world.findChat(phoneNumberId, customerId)
  const customer = provider.ledger.world.customers.get(customerId)
  if (!customer?.readReceipts) return
  for (const message of chat?.messages ?? []) {
    if (message.direction === 'outbound' && message.status === 'delivered')
      later(provider, GLANCE_MS, () => tell(provider, message, 'read'))
  }
}

/** What waited for the phone arrives, oldest first. */
export function phoneCameOnline(provider: Provider, customer: Customer): void {
  for (const number of provider.ledger.world.numbers.values()) {
    const chat = provider.ledger.world.findChat(number.phoneNumberId, customer.id)
    for (const message of chat?.messages ?? []) {
      if (message.direction === 'outbound' && message.status === 'sent') later(provider, GLANCE_MS, () => arrive(provider, message))
    }
  }
}

/** The customer listened to a voice message. */
export async function customerPlayed(provider: Provider, message: ChatMessage): Promise<void> {
  const customer = provider.ledger.world.customers.get(message.customerId)
  if (customer?.readReceipts && message.direction === 'outbound') await tell(provider, message, 'played')
}

/** After a restart: what was accepted and not yet told goes on from where it was. */
export function resumeReceipts(provider: Provider): void {
  const honest: Plan = { answer: null, delayMs: 0, receipts: [], paced: false, random: Math.random }
  for (const message of provider.ledger.world.messages.values()) {
    if (message.direction !== 'outbound') continue
    const route = routeOf(provider, message)
    if (!route) continue
    if (message.status === 'pending') scheduleReceipts(provider, message, honest)
    else if (message.status === 'sent' && message.content.type !== 'reaction') later(provider, GLANCE_MS, () => arrive(provider, message))
    else if (message.status === 'delivered') considerReading(provider, message, route)
  }
}

/**
 * Says one thing about a message: writes it down, shows it and posts the webhook.
 * @returns the webhooks' ids
 * @param options.again also when it was said before or something further was, as scripts want
 */
export async function tell(
  provider: Provider,
  message: ChatMessage,
  status: Receipt,
  options: { atMs?: number; copies?: number; again?: boolean } = {},
): Promise<string[]> {
  const route = routeOf(provider, message)
  const further = RANK[status] > RANK[message.status]
  if (!route || (!further && !options.again)) return []
  const { wamid, echo, phoneNumberId, customerId } = message
  const item = statusItem(message, status, route, options.atMs ?? nowMs(provider))
  const code = status === 'failed' ? (message.errorCode ?? 131000) : null
  await Promise.all([
    provider.journal.append({ kind: 'receipt', wamid, status, echo, code }),
    further ? provider.ledger.record({ t: 'message_changed', wamid, change: { status } }) : undefined,
  ])
  provider.live.publish(phoneNumberId, customerId, { type: 'message', wamid })
  const contacts = status !== 'failed' && route.number.userIds ? [contactOf(personOf(route))] : undefined
  const value = messagesValue(metadataOf(route.number), { contacts, statuses: [statusOf(item)] })
  return postChanges(provider, route.number, [{ field: 'messages', value }], [`status:${wamid}:${status}`], options.copies)
}

function statusItem(message: ChatMessage, status: Receipt, { number, customer }: Route, atMs: number): StatusItem {
  const code = message.errorCode ?? 131000
  const { title, details } = errorText(code)
  return {
    id: message.wamid,
    status,
    timestamp: secondsText(atMs),
    recipientId: customer.waId ?? '',
    recipientUserId: bsuidOf(customer, number),
    echo: message.echo ?? undefined,
    pricing: status === 'sent' || status === 'delivered' ? (message.pricing ?? undefined) : undefined,
    errors: status === 'failed' ? [{ code, title, message: title, details: details ?? title, href: ERROR_PAGE }] : undefined,
  }
}

export function metadataOf(number: BusinessNumber): { displayNumber: string; phoneNumberId: string } {
  return { displayNumber: number.displayNumber.replace(/\D/g, ''), phoneNumberId: number.phoneNumberId }
}

/** The person as a number's webhooks name them. */
export function personOf({ number, customer }: Route) {
  return {
    name: customer.name ?? undefined,
    username: customer.username ?? undefined,
    waId: customer.waId ?? undefined,
    userId: bsuidOf(customer, number),
  }
}

function routeOf(provider: Provider, message: ChatMessage): Route | undefined {
  const number = provider.ledger.world.numbers.get(message.phoneNumberId)
  const customer = provider.ledger.world.customers.get(message.customerId)
  return number && customer ? { number, customer } : undefined
}
