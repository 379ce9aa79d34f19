import type { Hono } from 'hono'
import { z } from 'zod'
import { checkBody, notFound } from '../problems.ts'
import { systemContent } from '../whatsapp/content.ts'
import { ContentInput, contentOf } from '../whatsapp/content-input.ts'
import { type CustomerRef, findCustomer, saveCustomer } from '../whatsapp/customers.ts'
import { bsuidOf, digitsOf, newWamid } from '../whatsapp/identity.ts'
import { nowMs, type Provider, postChanges, secondsText, untilSettled } from '../whatsapp/provider.ts'
import { metadataOf, personOf } from '../whatsapp/receipts.ts'
import { type Incoming, receive } from '../whatsapp/receive.ts'
import type { BusinessNumber, Customer } from '../whatsapp/types.ts'
import { contactOf, echoChange, preferenceChange } from '../whatsapp/webhooks.ts'

/** Who writes; somebody unknown is made on the spot. */
const From = z.strictObject({
  id: z.string().optional(),
  waId: z
    .string()
    .regex(/^\+?\d{7,15}$/)
    .nullable()
    .optional(),
  userId: z.string().max(140).optional(),
  name: z.string().min(1).max(200).optional(),
  username: z.string().max(64).optional(),
})

const Referral = z.strictObject({
  sourceUrl: z.string().optional(),
  sourceId: z.string().optional(),
  sourceType: z.string().optional(),
  headline: z.string().optional(),
  body: z.string().optional(),
  mediaType: z.string().optional(),
  imageUrl: z.string().optional(),
  videoUrl: z.string().optional(),
  thumbnailUrl: z.string().optional(),
  clickId: z.string().optional(),
  welcomeText: z.string().optional(),
})

const InboundMessage = z.strictObject({
  phoneNumberId: z.string().optional(),
  from: From,
  content: ContentInput,
  /** The wamid; the same one twice is a duplicate, as the provider sends them. */
  id: z.string().min(1).max(512).optional(),
  at: z.iso.datetime().optional(),
  replyTo: z.string().max(512).optional(),
  forwarded: z.enum(['once', 'often']).optional(),
  referral: Referral.optional(),
  groupId: z.string().max(128).optional(),
})

export const InboundInput = z.strictObject({
  /** For messages that name no number of their own. */
  phoneNumberId: z.string().optional(),
  messages: z.array(InboundMessage).min(1).max(1_000),
  /** One body for all, as Meta batches up to 1,000 updates; else a body each. */
  together: z.boolean().default(false),
  copies: z.number().int().min(1).max(20).default(1),
  shuffleSeed: z.number().int().nullable().default(null),
  /** Answer when the business's system has taken them, or after this long, milliseconds. */
  waitMs: z.number().int().min(0).max(120_000).default(0),
})
export type InboundInput = z.input<typeof InboundInput>

/** What people do: write, change their number or their mind; and the business writing from its own phone. */
export function inboundRoutes(app: Hono, provider: Provider): void {
  app.post('/inbound', async (c) => {
    const input = await checkBody(c, InboundInput)
    const incoming: Incoming[] = []
    for (const message of input.messages) incoming.push(await incomingOf(provider, message, input.phoneNumberId))
    const received = await receive(provider, incoming, input)
    if (input.waitMs > 0) await untilSettled(provider, received.webhookIds, input.waitMs)
    const pending = received.webhookIds.filter((id) => provider.ledger.world.webhooks.has(id)).length
    return c.json({ ...received, pending }, 201)
  })
  app.post('/echoes', async (c) => {
    const schema = z.strictObject({ phoneNumberId: z.string(), to: From, content: ContentInput, id: z.string().optional() })
    const { phoneNumberId, to, content, id } = await checkBody(c, schema)
    const number = numberOf(provider, phoneNumberId)
    const customer = await personFor(provider, to)
    const wamid = id ?? newWamid(customer.waId ?? customer.id, 'outbound')
    const item = {
      from: digitsOf(number.displayNumber),
      to: customer.waId ?? undefined,
      toUserId: bsuidOf(customer, number),
      id: wamid,
      timestamp: secondsText(nowMs(provider)),
      content: await contentOf(provider, phoneNumberId, content),
    }
    const contacts = number.userIds ? [contactOf(personOf({ number, customer }))] : undefined
    await postChanges(provider, number, [echoChange(metadataOf(number), item, contacts)], [`echo:${wamid}`])
    return c.json({ wamid }, 201)
  })
  changeRoutes(app, provider)
}

function changeRoutes(app: Hono, provider: Provider): void {
  app.post('/customers/:id/number', async (c) => {
    const before = customerOf(provider, c.req.param('id'))
    const { waId } = await checkBody(c, z.strictObject({ waId: z.string().regex(/^\+?\d{7,15}$/) }))
    const after = await saveCustomer(provider, { id: before.id }, { waId })
    for (const number of provider.ledger.world.numbers.values()) {
      if (!provider.ledger.world.findChat(number.phoneNumberId, before.id)) continue
      const body = `User ${before.name ?? before.waId} changed from ${before.waId} to ${after.waId}`
      const content = systemContent({ type: 'user_changed_number', body, waId: after.waId ?? undefined, userId: bsuidOf(after, number) })
      await receive(provider, [{ number, customer: before, content }])
    }
    return c.json(after)
  })
  app.post('/customers/:id/preferences', async (c) => {
    const customer = customerOf(provider, c.req.param('id'))
    const { phoneNumberId, value } = await checkBody(c, z.strictObject({ phoneNumberId: z.string(), value: z.enum(['stop', 'resume']) }))
    const number = numberOf(provider, phoneNumberId)
    const after = await saveCustomer(provider, { id: customer.id }, { marketing: value })
    const preference = { value, detail: `User requested to ${value} marketing messages`, timestamp: Math.floor(nowMs(provider) / 1_000) }
    await postChanges(
      provider,
      number,
      [preferenceChange(metadataOf(number), personOf({ number, customer }), preference)],
      [`preference:${customer.id}:${value}`],
    )
    return c.json(after)
  })
}

async function incomingOf(provider: Provider, message: z.output<typeof InboundMessage>, usual: string | undefined): Promise<Incoming> {
  const number = numberOf(provider, message.phoneNumberId ?? usual ?? '')
  return {
    number,
    customer: await personFor(provider, message.from),
    content: await contentOf(provider, number.phoneNumberId, message.content),
    wamid: message.id,
    atMs: message.at === undefined ? undefined : Date.parse(message.at),
    replyTo: message.replyTo,
    forwarded: message.forwarded,
    referral: message.referral,
    groupId: message.groupId,
  }
}

async function personFor(provider: Provider, from: z.output<typeof From>): Promise<Customer> {
  const { id, ...input } = from
  const ref: CustomerRef = { id, waId: from.waId, userId: from.userId }
  const known = findCustomer(provider, ref)
  if (id !== undefined && !known) throw notFound(`There is no customer ${id}.`)
  const asGiven = known && (from.name ?? known.name) === known.name && (from.username ?? known.username) === known.username
  return asGiven ? known : saveCustomer(provider, ref, input)
}

export function numberOf(provider: Provider, phoneNumberId: string): BusinessNumber {
  const number = provider.ledger.world.numbers.get(phoneNumberId)
  if (!number) throw notFound(`There is no number ${phoneNumberId}; register it with POST control/numbers.`)
  return number
}

export function customerOf(provider: Provider, id: string): Customer {
  const customer = provider.ledger.world.customers.get(id)
  if (!customer) throw notFound(`There is no customer ${id}.`)
  return customer
}
