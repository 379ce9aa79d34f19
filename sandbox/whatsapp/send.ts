import type { Plan } from './behaviours.ts'
import { recipientOf } from './customers.ts'
import { GraphError } from './errors.ts'
import { bsuidOf, canonicalNumber, digitsOf, newWamid } from './identity.ts'
import { nowMs, type Provider, untilSettled } from './provider.ts'
import { perSecond } from './rates.ts'
import { scheduleReceipts, tell } from './receipts.ts'
import type { Fields } from './rules/fields.ts'
import { readSend, type WordedSend } from './rules/message.ts'
import { readTemplateSend } from './rules/template-send.ts'
import type { BusinessNumber, ChatMessage, Customer, Pricing, ProviderContent, Template } from './types.ts'

const WINDOW_MS = 24 * 3_600_000
const REACTION_MS = 30 * 24 * 3_600_000
/** How long a send waits for its own receipt to be answered when a script wants the receipt first, milliseconds. */
const EARLY_RECEIPT_MS = 5_000

/** A send that passed every rule; nothing has happened yet. */
export interface CheckedSend {
  number: BusinessNumber
  customer: Customer
  worded: WordedSend
  content: ProviderContent
  template: Template | null
  window: 'open' | 'closed' | 'unknown'
  /** Known to fail later, as live sends do: accepted first, `failed` afterwards. */
  laterFailure: number | null
  request: unknown
}

/** Applies the provider's rules to `POST /<PNID>/messages`. @throws GraphError in the provider's words */
export async function checkSend(provider: Provider, number: BusinessNumber, request: Fields): Promise<CheckedSend> {
  const { world } = provider.ledger
  const mediaOf = (id: string) => world.media.get(id)
  const worded = readSend(request, mediaOf, number)
  const sent =
    worded.content.type === 'template' ? readTemplateSend(request.object('template'), world.templatesOfWaba(number.wabaId), mediaOf) : null
  if ('phone' in worded.to && canonicalNumber(digitsOf(worded.to.phone)) === canonicalNumber(digitsOf(number.displayNumber)))
    throw new GraphError(131021)
  if ('userId' in worded.to && sent?.template.category === 'AUTHENTICATION') throw new GraphError(131062)
  const customer = await recipientOf(provider, worded.to, number)
  const window = windowOf(provider, number, customer)
  const closed = window === 'closed' && sent === null
  if (closed && number.windowError === 'answer') throw new GraphError(131047)
  checkRates(provider, number, customer)
  return {
    number,
    customer,
    worded,
    content: sent ? { ...worded.content, rendered: sent.rendered } : worded.content,
    template: sent?.template ?? null,
    window,
    laterFailure: closed ? 131047 : (laterFailureOf(customer, sent?.template ?? null) ?? reactionFailure(provider, worded)),
    request: request.everything,
  }
}

function laterFailureOf(customer: Customer, template: Template | null): number | null {
  if (!customer.onWhatsApp) return 131026
  return template?.category === 'MARKETING' && customer.marketing === 'stop' ? 131050 : null
}

/** A reaction must point to a message of the last 30 days that still stands and is no reaction itself; live, a webhook says so. */
function reactionFailure(provider: Provider, worded: WordedSend): number | null {
  if (worded.content.type !== 'reaction') return null
  const { message_id: target } = worded.content.reaction as { message_id: string }
  const message = provider.ledger.world.messages.get(target)
  const stands = message && !message.deleted && nowMs(provider) - message.at <= REACTION_MS && message.content.type !== 'reaction'
  return stands ? null : 131009
}

/** Counted from the customer's newest message to this number, by the provider's own record. */
export function windowOf(provider: Provider, number: BusinessNumber, customer: Customer): 'open' | 'closed' | 'unknown' {
  const heardAt = provider.ledger.world.findChat(number.phoneNumberId, customer.id)?.lastInboundAt ?? null
  if (heardAt === null) return number.unknownWindow === 'open' ? 'unknown' : 'closed'
  return nowMs(provider) - heardAt < WINDOW_MS ? 'open' : 'closed'
}

function checkRates(provider: Provider, number: BusinessNumber, customer: Customer): void {
  const { messagesPerSecond, pairLimit, phoneNumberId } = number
  if (messagesPerSecond !== null && !provider.rates.take(phoneNumberId, perSecond(messagesPerSecond), nowMs(provider)))
    throw new GraphError(130429)
  if (pairLimit !== null && !provider.rates.take(`${phoneNumberId}/${customer.id}`, pairLimit, nowMs(provider)))
    throw new GraphError(131056)
}

/** Takes the message: from here on it happened, whatever becomes of the answer. */
export async function acceptSend(provider: Provider, send: CheckedSend, plan: Plan): Promise<ChatMessage> {
  const { number, customer, worded } = send
  const message: ChatMessage = {
    wamid: newWamid(customer.waId ?? customer.id, 'outbound'),
    phoneNumberId: number.phoneNumberId,
    customerId: customer.id,
    direction: 'outbound',
    at: nowMs(provider),
    content: send.content,
    status: 'pending',
    echo: worded.echo,
    pricing: pricingOf(send),
    errorCode: send.laterFailure,
    replyTo: worded.replyTo,
    reactions: {},
    edited: false,
    deleted: false,
    answered: null,
  }
  await Promise.all([
    provider.ledger.record({ t: 'message', message }, ...reactionOf(provider, message)),
    provider.journal.append({
      kind: 'send.accepted',
      wamid: message.wamid,
      phoneNumberId: number.phoneNumberId,
      to: addressOf(worded),
      customerId: customer.id,
      type: message.content.type,
      echo: worded.echo,
      window: send.window,
      answer: plan.answer?.kind ?? null,
      request: send.request,
    }),
  ])
  provider.live.publish(number.phoneNumberId, customer.id, { type: 'typing', untilMs: 0 })
  provider.live.publish(number.phoneNumberId, customer.id, { type: 'message', wamid: message.wamid })
  if (plan.receipts.some((effect) => effect.beforeAnswer) && send.laterFailure === null) {
    await untilSettled(provider, await tell(provider, message, 'sent'), EARLY_RECEIPT_MS)
  }
  scheduleReceipts(provider, message, plan)
  return message
}

function reactionOf(provider: Provider, message: ChatMessage) {
  if (message.content.type !== 'reaction' || message.errorCode !== null) return []
  const { message_id: wamid, emoji } = message.content.reaction as { message_id: string; emoji: string }
  const before = provider.ledger.world.messages.get(wamid)?.reactions
  setImmediate(() => provider.live.publish(message.phoneNumberId, message.customerId, { type: 'message', wamid }))
  return [{ t: 'message_changed' as const, wamid, change: { reactions: { ...before, business: emoji || undefined } } }]
}

/** Per-message pricing: service messages are free, so are utility templates inside the window; the rest is billed by category. */
function pricingOf({ template, window }: CheckedSend): Pricing {
  const free = template === null || (template.category === 'UTILITY' && window === 'open')
  return {
    billable: !free,
    pricing_model: 'PMP',
    type: free ? 'free_customer_service' : 'regular',
    category: template?.category.toLowerCase() ?? 'service',
  }
}

export function addressOf({ to }: WordedSend): string {
  return 'phone' in to ? to.phone : to.userId
}

/** The 200 of a send. `wa_id` may differ from what was dialled, and is empty for people known by a BSUID only. */
export function sendAnswer(send: CheckedSend, message: ChatMessage, plan: Plan): Record<string, unknown> {
  const { customer, worded, number } = send
  const contact =
    'phone' in worded.to
      ? { input: worded.to.phone, wa_id: customer.waId ?? '' }
      : { input: worded.to.userId, user_id: bsuidOf(customer, number) ?? worded.to.userId, wa_id: customer.waId ?? '' }
  const status = send.template ? { message_status: plan.paced ? 'held_for_quality_assessment' : 'accepted' } : {}
  return { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id: message.wamid, ...status }] }
}
