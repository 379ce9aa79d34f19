import { createHmac } from 'node:crypto'
import type { ReceiptStatus } from '#channels/connector.ts'
import { addressOf, businessOf, customerOf, displayOf, outboundIdOf } from '../names.ts'

/** Which webhooks a run sends: half of them messages, half statuses of what was sent before. */
export interface WebhookPlan {
  /** Makes the ids of this run its own. */
  run: string
  tenants: number
  customersPerTenant: number
  /** Statuses speak of sent messages from this one on; each is delivered, and read a little later. */
  firstSent: number
  appSecret: string
}

/** A status of `read` follows its `delivered` by so many other messages. */
const READ_AFTER = 200
/** How many sent messages a run of so many webhooks speaks of. */
export const sentNeeded = (webhooks: number): number => Math.ceil(webhooks / 4) + 1

const TEXT = 'Good morning! I ordered two boxes of the usual on Tuesday and would like to know when they will be here, please.'

export const isMessage = (n: number): boolean => n % 2 === 0
/** Whose the n-th webhook is. */
export const tenantOf = (plan: WebhookPlan, n: number): number =>
  isMessage(n) ? Math.floor(n / 2) % plan.tenants : statusOf(plan, n).sent % plan.tenants
/** What the text of the n-th webhook begins with; a screen that shows it can be told which one it shows. */
export const textOf = (plan: WebhookPlan, n: number): string => `bench ${plan.run} ${n} ${TEXT}`
export const TEXT_PATTERN = /"body":"bench ([0-9a-z]+) (\d+) /

/** The n-th webhook of a run as the provider would write it; about 0.8 KB, one update in each. */
export function webhookBody(plan: WebhookPlan, n: number, nowSeconds: number): Buffer {
  return Buffer.from(JSON.stringify(isMessage(n) ? messageBody(plan, n, nowSeconds) : statusBody(plan, n, nowSeconds)))
}

/** The whole request, signed, ready for a socket. */
export function webhookRequest(plan: WebhookPlan, n: number, target: { host: string; path: string; nowSeconds: number }): Buffer {
  const body = webhookBody(plan, n, target.nowSeconds)
  const signature = createHmac('sha256', plan.appSecret).update(body).digest('hex')
  const head = `POST ${target.path} HTTP/1.1\r\nhost: ${target.host}\r\ncontent-type: application/json\r\nuser-agent: facebookexternalua\r\nx-hub-signature-256: sha256=${signature}\r\ncontent-length: ${body.length}\r\n\r\n`
  return Buffer.concat([Buffer.from(head), body])
}

function messageBody(plan: WebhookPlan, n: number, nowSeconds: number) {
  const tenant = tenantOf(plan, n)
  const person = (Math.floor(n / 2 / plan.tenants) * 7_919) % plan.customersPerTenant
  const from = customerOf(person)
  const userId = `ID.${from}${tenant}`
  return envelope(tenant, {
    contacts: [{ profile: { name: `Customer ${person}` }, wa_id: from, user_id: userId }],
    messages: [
      {
        from,
        from_user_id: userId,
        id: `wamid.HBgN${plan.run}${n}`,
        timestamp: String(nowSeconds),
        type: 'text',
        text: { body: textOf(plan, n) },
      },
    ],
  })
}

/** Every second status says `delivered` of the next sent message, the others `read` of one that was delivered a while ago. */
function statusOf(plan: WebhookPlan, n: number): { sent: number; status: ReceiptStatus } {
  const nth = Math.floor(n / 2)
  const sent = plan.firstSent + Math.floor(nth / 2)
  if (nth % 2 === 0) return { sent, status: 'delivered' }
  return nth > 2 * READ_AFTER ? { sent: sent - READ_AFTER, status: 'read' } : { sent, status: 'sent' }
}

function statusBody(plan: WebhookPlan, n: number, nowSeconds: number) {
  const { sent, status } = statusOf(plan, n)
  const tenant = sent % plan.tenants
  const nth = Math.floor(sent / plan.tenants)
  const pricing = { billable: true, pricing_model: 'PMP', category: 'service', type: 'regular' }
  const recipient = customerOf(nth % plan.customersPerTenant)
  return envelope(tenant, {
    statuses: [{ id: outboundIdOf(tenant, nth), status, timestamp: String(nowSeconds), recipient_id: recipient, pricing }],
  })
}

function envelope(tenant: number, value: object) {
  const metadata = { display_phone_number: displayOf(tenant), phone_number_id: addressOf(tenant) }
  const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } }
  return { object: 'whatsapp_business_account', entry: [{ id: businessOf(tenant), changes: [change] }] }
}
