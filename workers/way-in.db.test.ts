import { createHmac } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createConnectors } from '#channels/index.ts'
import { listWebhooks, replayWebhook } from '#modules/webhooks/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { createBus } from '#platform/bus/bus.ts'
import { type Bus, BusUnavailable } from '#platform/bus/port.ts'
import { systemClock } from '#platform/clock.ts'
import { readEnv } from '#platform/env.ts'
import { toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { freePorts } from '#scripts/start/lock.ts'
import { aChannelAccount, type BuiltChannelAccount, testKeys } from '#tests/builders/channels.ts'
import { aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import type { RunningRole, WorkerContext } from './context.ts'
import { start as startIngress } from './ingress.ts'
import { start as startIntake } from './intake.ts'
import { start as startWebhookLog } from './webhook-log.ts'

/** A provider's webhook over HTTP, through the real bus, to a conversation: the three roles of the way in. */
vi.setConfig({ testTimeout: 60_000 })
const SECRET = 'the app secret of a test'
const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-way-in-'))
const metrics = createMetrics({ defaults: false })
const roles: RunningRole[] = []
let url: string
let context: WorkerContext
let bus: Bus
let busIsUp = true
let tenant: BuiltTenant
let account: BuiltChannelAccount

beforeAll(async () => {
  tenant = await aTenant(database.web)
  account = await aChannelAccount(tenant.scope)
  const [port = 0] = await freePorts(1)
  url = `http://127.0.0.1:${port}/webhooks/whatsapp`
  const log = createLog({ level: 'silent', process: 'test' })
  bus = await createBus({ database: database.worker, clock: systemClock, log, metrics })
  const publish: Bus['publish'] = (records) => (busIsUp ? bus.publish(records) : Promise.reject(new BusUnavailable('the broker is away')))
  context = {
    env: readEnv({ INGRESS_PORT: String(port), META_APP_SECRET: SECRET, META_VERIFY_TOKEN: 'verify-me' }),
    clock: systemClock,
    log,
    metrics,
    database: database.worker,
    bus: { ...bus, publish },
    keys: testKeys,
    blobs: createDiskBlobs(folder),
    connectors: createConnectors({ whatsapp: { graphUrl: 'http://127.0.0.1:9/v25.0' } }),
  } as WorkerContext
  for (const start of [startIngress, startIntake, startWebhookLog]) roles.push(await start(context, ['whatsapp']))
})
afterAll(async () => {
  await Promise.all(roles.map((role) => role.stop()))
  await bus.close()
  rmSync(folder, { recursive: true, force: true })
})

let counter = 0
const wamid = () => `wamid.${process.pid}.${counter++}`

function bodyOf(messages: { id: string; text: string; from?: string }[], address = account.address): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '62811000', phone_number_id: address },
    contacts: [{ profile: { name: 'Sara' }, wa_id: '6281234567890' }],
    messages: messages.map(({ id, text, from = '6281234567890' }) => ({
      from,
      id,
      timestamp: String(Math.floor(Date.now() / 1_000)),
      type: 'text',
      text: { body: text },
    })),
  }
  return JSON.stringify({
    object: 'whatsapp_business_account',
    entry: [{ id: account.businessId, changes: [{ field: 'messages', value }] }],
  })
}

const sign = (body: string, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

function post(body: string, headers: Record<string, string> = { 'x-hub-signature-256': sign(body) }, to = url): Promise<Response> {
  return fetch(to, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
}

async function textsReceived(): Promise<string[]> {
  const rows = await database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) =>
    tx.sql<{ body: string }>('select body from messages where tenant_id = $1 order by sequence', [toUuid(tenant.tenantId)]),
  )
  return rows.map((row) => row.body)
}

test('a signed webhook is answered 200 and becomes a message; sent twice it stays one', async () => {
  const body = bodyOf([{ id: wamid(), text: 'Hi, where is my order?' }])
  expect((await post(body)).status).toBe(200)
  expect((await post(body)).status).toBe(200)
  await expect.poll(textsReceived, { timeout: 20_000 }).toContain('Hi, where is my order?')
  const after = bodyOf([{ id: wamid(), text: 'hello?' }])
  await post(after)
  await expect.poll(textsReceived, { timeout: 20_000 }).toEqual(['Hi, where is my order?', 'hello?'])
})

test('what is not signed by the app is 401, counted, and leads to nothing', async () => {
  const body = bodyOf([{ id: wamid(), text: 'forged' }])
  expect((await post(body, {})).status).toBe(401)
  expect((await post(body, { 'x-hub-signature-256': sign(body, 'another secret') })).status).toBe(401)
  expect((await post(`${body} `, { 'x-hub-signature-256': sign(body) })).status).toBe(401)
  expect(await metrics.registry.getSingleMetricAsString('weft_ingress_requests_total')).toMatch(/outcome="forged"} 3/)
  expect(await textsReceived()).not.toContain('forged')
})

test('the handshake answers the challenge to whoever knows the verify token', async () => {
  const ask = (token: string) => fetch(`${url}?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=31415`)
  const answered = await ask('verify-me')
  expect([answered.status, await answered.text()]).toEqual([200, '31415'])
  expect((await ask('guess')).status).toBe(403)
})

test('while the bus is away the provider is told to send again, and nothing is lost when it does', async () => {
  const body = bodyOf([{ id: wamid(), text: 'during the outage' }])
  busIsUp = false
  const refused = await post(body)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
  busIsUp = true
  expect((await post(body)).status).toBe(200)
  await expect.poll(textsReceived, { timeout: 20_000 }).toContain('during the outage')
})

test('a body that is too large is refused before it is read', async () => {
  const body = JSON.stringify({ padding: 'x'.repeat(LIMITS.webhookBodyBytes) })
  const status = await post(body).then(
    (response) => response.status,
    () => 413,
  )
  expect(status).toBe(413)
})

test('paths that are nobody’s are 404, an account without an app of its own is 401', async () => {
  expect((await fetch(url.replace('whatsapp', 'fax'))).status).toBe(404)
  const body = bodyOf([{ id: wamid(), text: 'own' }])
  expect((await post(body, { 'x-hub-signature-256': sign(body) }, `${url}/${account.channelAccountId}`)).status).toBe(401)
})

test('a tenant’s own app signs for that tenant’s address', async () => {
  const own = await aTenant(database.web)
  const appSecret = 'a secret of their own'
  const theirs = await aChannelAccount(own.scope, { ownApp: { appSecret, verifyToken: 'theirs' } })
  const body = bodyOf([{ id: wamid(), text: 'to their own app' }], theirs.address)
  expect((await post(body, { 'x-hub-signature-256': sign(body) }, `${url}/${theirs.channelAccountId}`)).status).toBe(401)
  expect((await post(body, { 'x-hub-signature-256': sign(body, appSecret) }, `${url}/${theirs.channelAccountId}`)).status).toBe(200)
  const received = () =>
    database.worker.batchTransaction([own.tenantId], systemClock, (tx) =>
      tx.sql<{ body: string }>('select body from messages where tenant_id = $1', [toUuid(own.tenantId)]),
    )
  await expect.poll(received, { timeout: 20_000 }).toEqual([{ body: 'to their own app' }])
})

test('a thousand updates of hundreds of people in one body all arrive, once', async () => {
  const messages = Array.from({ length: 1_000 }, (_, n) => ({
    id: wamid(),
    text: `bulk ${n}`,
    from: `62812${String(7_000_000 + (n % 250))}`,
  }))
  expect((await post(bodyOf(messages))).status).toBe(200)
  const bulk = async () => (await textsReceived()).filter((text) => text.startsWith('bulk ')).length
  await expect.poll(bulk, { timeout: 40_000 }).toBe(1_000)
})

test('raw webhooks are kept; what could not be parsed is listed with its reason and can be replayed', async () => {
  const garbage = '{"object":"page","entry":[]}'
  expect((await post(garbage)).status).toBe(200)
  const stranger = bodyOf([{ id: wamid(), text: 'for nobody yet' }], '999000999000')
  expect((await post(stranger)).status).toBe(200)
  const unparsed = () => listWebhooks(database.worker, systemClock, { state: 'unparsed', limit: 50 })
  await expect.poll(async () => (await unparsed()).length, { timeout: 20_000 }).toBe(2)
  const kept = (await unparsed()).find((webhook) => webhook.reason?.includes('999000999000'))
  expect(kept?.reason).toMatch(/nobody has connected/)

  await aChannelAccount(tenant.scope, { address: '999000999000' })
  const replayed = kept ? await replayWebhook(context, kept.id) : undefined
  expect(replayed).toEqual({ ok: true, value: { events: 1 } })
  await expect.poll(textsReceived, { timeout: 20_000 }).toContain('for nobody yet')
})

test('a record that nobody can understand is parked alone; the next messages go on', async () => {
  await bus.publish([{ topic: 'inbound.whatsapp', key: 'poison', value: { v: 1, nonsense: true } }])
  await post(bodyOf([{ id: wamid(), text: 'after the poison' }]))
  await expect.poll(textsReceived, { timeout: 20_000 }).toContain('after the poison')
  const parked = await bus.parked.list({ group: 'intake.inbound.whatsapp', limit: 10 })
  expect(parked.map(({ key, dueAt }) => ({ key, dueAt }))).toEqual([{ key: 'poison', dueAt: null }])
  expect(await bus.parked.skip(parked[0]?.id ?? '', 'a test')).toBe(true)
})
