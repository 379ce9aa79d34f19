import { readFileSync } from 'node:fs'
import type { RawRequest } from '#channels/connector.ts'

/** The account that WhatsApp tests speak about unless they say otherwise. */
export const WABA = '102030405060708'
export const NUMBER_ID = '901020304050607'
export const NUMBER = '15557010200'
export const CUSTOMER = '6281234567890'

/** A webhook POST as ingress hands it to the connector; text is sent as it is, anything else as JSON. */
export function whatsappRequest(body: unknown): RawRequest {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  return { method: 'POST', path: '/webhooks/whatsapp', query: {}, headers: {}, body: bytes }
}

/** One change of one entry, wrapped as Meta wraps it. */
export function whatsappWebhook(field: string, value: unknown, entry: object = {}): object {
  return { object: 'whatsapp_business_account', entry: [{ id: WABA, ...entry, changes: [{ field, value }] }] }
}

/** The `value` that numbers' fields carry: their metadata beside what happened. */
export function whatsappValue(members: object): object {
  return { messaging_product: 'whatsapp', metadata: { display_phone_number: NUMBER, phone_number_id: NUMBER_ID }, ...members }
}

/** A customer's message, complete but for what the test is about. */
export function whatsappMessage(members: object): object {
  return { from: CUSTOMER, id: 'wamid.TEST', timestamp: '1760000000', ...members }
}

/** A webhook of our own writing, `channels/whatsapp/fixtures/<name>.json`, byte for byte. */
export function whatsappFixture(name: string): RawRequest {
  return whatsappRequest(readFileSync(new URL(`../../channels/whatsapp/fixtures/${name}.json`, import.meta.url), 'utf8'))
}
