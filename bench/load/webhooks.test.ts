import { expect, test } from 'vitest'
import { createConnectors } from '#channels/index.ts'
import { isMessage, TEXT_PATTERN, tenantOf, type WebhookPlan, webhookBody, webhookRequest } from './webhooks.ts'

const plan: WebhookPlan = { run: 'ab12', tenants: 3, customersPerTenant: 4, firstSent: 30, appSecret: 'secret' }
const connector = createConnectors({ whatsapp: { graphUrl: 'http://127.0.0.1:9' } }).whatsapp
const eventOf = (n: number) => {
  const request = { method: 'POST', path: '/webhooks/whatsapp', query: {}, headers: {}, body: webhookBody(plan, n, 1_760_000_000) }
  return connector.parse(request)
}

test('half of the load are statuses, and the connector understands all of it', () => {
  const types = Array.from({ length: 1_000 }, (_, n) => eventOf(n).map(({ type }) => type))
  expect(types.filter(([type]) => type === 'message')).toHaveLength(500)
  expect(types.filter(([type]) => type === 'receipt')).toHaveLength(500)
})

test('each webhook is addressed to the tenant it is counted for', () => {
  for (let n = 0; n < 600; n++) expect(eventOf(n)[0]?.account.address).toBe(String(100_000_000_000 + tenantOf(plan, n)))
})

test('no status comes twice, and nothing is read before it was delivered', () => {
  const said = new Set<string>()
  for (let n = 1; n < 4_000; n += 2) {
    const [event] = eventOf(n)
    if (event?.type !== 'receipt') throw new Error('not a status')
    if (event.status === 'read') expect(said).toContain(`${event.externalId} delivered`)
    expect(said).not.toContain(`${event.externalId} ${event.status}`)
    said.add(`${event.externalId} ${event.status}`)
  }
})

test('a frame that shows a message tells which one', () => {
  const [event] = eventOf(10)
  expect(isMessage(10)).toBe(true)
  const frame = JSON.stringify({ body: event?.type === 'message' ? event.content.text : '' })
  expect(TEXT_PATTERN.exec(frame)?.slice(1)).toEqual(['ab12', '10'])
})

test('a request carries a signature the connector accepts', () => {
  const request = webhookRequest(plan, 4, { host: '127.0.0.1', path: '/webhooks/whatsapp', nowSeconds: 1_760_000_000 }).toString()
  const [head = '', body = ''] = request.split('\r\n\r\n')
  const signature = /x-hub-signature-256: (\S+)/.exec(head)?.[1] ?? ''
  const raw = { method: 'POST', path: '/', query: {}, headers: { 'x-hub-signature-256': signature }, body: Buffer.from(body) }
  expect(connector.verify(raw, 'secret', new Date(0))).toBe(true)
})
