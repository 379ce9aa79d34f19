import { describe, expect, test } from 'vitest'
import { startSandbox } from '../main.ts'
import { APP_SECRET, SHOP, useSandbox } from '../testing/use-sandbox.ts'

const under = useSandbox()
const person = (nth: number) => ({ waId: `+1555020${String(nth).padStart(4, '0')}`, name: `Person ${nth}` })
const hello = (nth: number) => ({ from: person(nth), content: { type: 'text' as const, text: `Hello ${nth}` } })
const post = (path: string, body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${under.client.url}/sandbox/${path}`, { method: 'POST', headers, body: typeof body === 'string' ? body : JSON.stringify(body) })

describe('inbound', () => {
  test('a thousand updates fit into one body', async () => {
    const messages = Array.from({ length: 1_000 }, (_, nth) => hello(nth % 50))
    const answer = await under.client.inbound({ phoneNumberId: SHOP.phoneNumberId, messages, together: true, waitMs: 10_000 })
    expect(answer.pending).toBe(0)
    expect(under.receiver.webhooks).toHaveLength(1)
    expect(under.receiver.messages()).toHaveLength(1_000)
    expect(new Set(answer.wamids).size).toBe(1_000)
  })

  test('one body holds the messages of several numbers', async () => {
    await under.client.registerNumber({ ...SHOP, phoneNumberId: '200', wabaId: '201', accessToken: 'other' })
    const messages = [hello(1), { ...hello(2), phoneNumberId: '200' }]
    await under.client.inbound({ phoneNumberId: SHOP.phoneNumberId, messages, together: true, waitMs: 5_000 })
    expect(under.receiver.webhooks[0]?.changes.map(({ wabaId }) => wabaId)).toEqual([SHOP.wabaId, '201'])
  })

  test('duplicates come with the same id', async () => {
    await under.client.inbound({
      phoneNumberId: SHOP.phoneNumberId,
      messages: [{ ...hello(1), id: 'wamid.same' }],
      copies: 3,
      waitMs: 5_000,
    })
    expect(under.receiver.messages().map((message) => message.id)).toEqual(['wamid.same', 'wamid.same', 'wamid.same'])
  })

  test('refused webhooks are posted again until they are taken', async () => {
    under.receiver.answer = (nth) => (nth % 4 === 3 ? 200 : 503)
    const answer = await under.client.inbound({ phoneNumberId: SHOP.phoneNumberId, messages: [hello(1)], waitMs: 5_000 })
    expect(answer.pending).toBe(0)
    const answered = (await under.client.readJournal()).filter((entry) => entry.kind === 'webhook.answered').at(-1)
    expect(answered).toMatchObject({ status: 200, items: [`message:${answer.wamids[0]}`] })
    expect(answered?.kind === 'webhook.answered' && answered.tries).toBeGreaterThan(1)
  })

  test('edits and deletions of the customer are told as such, or as unsupported on other numbers', async () => {
    const wamid = await under.client.say(SHOP.phoneNumberId, person(1), 'Hello')
    await under.client.say(SHOP.phoneNumberId, person(1), { type: 'edit', messageId: wamid, text: 'Hello!' })
    await under.client.registerNumber({ ...SHOP, businessApp: false })
    await under.client.say(SHOP.phoneNumberId, person(1), { type: 'revoke', messageId: wamid })
    await under.receiver.until(() => under.receiver.messages().length === 3, 'three messages')
    const byType = new Map(under.receiver.messages().map((message) => [message.type, message]))
    expect(byType.get('edit')?.edit).toEqual({ original_message_id: wamid, message: { type: 'text', text: { body: 'Hello!' } } })
    expect(byType.get('unsupported')).toMatchObject({ unsupported: { type: 'revoke' }, errors: [{ code: 131051 }] })
  })

  test('a changed number is announced without contacts and gives a new user id', async () => {
    await under.client.say(SHOP.phoneNumberId, person(1), 'Hello')
    const before = await under.client.saveCustomer(person(1))
    await post(`control/customers/${before.id}/number`, { waId: '+15550999999' })
    await under.client.say(SHOP.phoneNumberId, { id: before.id }, 'New phone')
    await under.receiver.until(() => under.receiver.messages().length === 3, 'three messages')
    const system = under.receiver.webhooks
      .flatMap(({ changes }) => changes)
      .find(({ value }) => (value.messages as { type: string }[])[0]?.type === 'system')
    expect(system?.value).not.toHaveProperty('contacts')
    const ids = under.receiver
      .messages()
      .filter((message) => message.type === 'text')
      .map((message) => message.from_user_id)
    expect(new Set(ids).size).toBe(2)
  })
})

describe('webhooks by hand', () => {
  test('any field is posted and signed', async () => {
    await under.client.updates({
      wabaId: SHOP.wabaId,
      time: 1_739_321_024,
      changes: [{ field: 'account_review_update', value: { decision: 'APPROVED' } }],
    })
    await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the update')
    expect(under.receiver.webhooks[0]).toMatchObject({
      signatureOk: true,
      changes: [{ time: 1_739_321_024, field: 'account_review_update' }],
    })
  })

  test('forged and unsigned requests can be made', async () => {
    for (const signature of ['good', 'bad', 'none'] as const) await under.client.raw({ body: '{}', signature })
    expect(under.receiver.webhooks.map(({ signatureOk, headers }) => [signatureOk, headers['x-hub-signature-256'] !== undefined])).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ])
  })

  test('receipts of a message come in any number and order', async () => {
    await under.client.say(SHOP.phoneNumberId, person(1), 'Hello')
    await under.client.behave({ effect: { kind: 'receipts', drop: ['sent', 'delivered', 'read'] } })
    const { body } = await under.send({ to: person(1).waId, type: 'text', text: { body: 'Hi' } })
    const wamid = (body?.messages as { id: string }[] | undefined)?.[0]?.id ?? ''
    await under.client.receipts([
      { wamid, status: 'read' },
      { wamid, status: 'sent', copies: 2 },
      { wamid, status: 'failed', code: 131026 },
    ])
    await under.receiver.until(() => under.receiver.statuses().length === 4, 'four receipts')
    expect(under.receiver.statuses().filter((status) => status.status === 'sent')).toHaveLength(2)
  })
})

describe('bad input gets a clear answer', () => {
  test.each([
    ['control/inbound', { messages: [] }, 422],
    ['control/inbound', { phoneNumberId: 'nobody', messages: [hello(1)] }, 404],
    ['control/inbound', '{"messages":', 400],
    ['control/numbers', { ...SHOP, displayNumber: 'twelve' }, 422],
    ['control/numbers', { ...SHOP, colour: 'green' }, 422],
    ['control/behaviours', { effect: { kind: 'explode' } }, 422],
    ['control/customers/nobody', {}, 404],
    ['control/receipts', { receipts: [{ wamid: 'wamid.none', status: 'read' }] }, 404],
    ['control/nothing', {}, 404],
  ])('%s', async (path, body, status) => {
    const answer = await post(path, body)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json'])
    expect(((await answer.json()) as { detail: string }).detail.length).toBeGreaterThan(5)
  })

  test('a foreign page can do nothing in its visitor’s name', async () => {
    const form = await post('control/customers', 'name=x', { 'content-type': 'text/plain' })
    const script = await post('control/reset', {}, { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' })
    expect([form.status, script.status]).toEqual([415, 403])
  })
})

test('numbers are listed without what opens doors', async () => {
  await under.client.registerNumber({ ...SHOP, appSecret: 'own-secret' })
  const listed = await (await fetch(`${under.client.url}/sandbox/control/numbers`)).text()
  expect(listed).toContain(SHOP.phoneNumberId)
  for (const secret of [SHOP.accessToken, 'own-secret', APP_SECRET]) expect(listed).not.toContain(secret)
})

test('a number with an app of its own is signed with that app’s secret', async () => {
  await under.client.registerNumber({ ...SHOP, appSecret: 'own-secret' })
  await under.client.say(SHOP.phoneNumberId, person(1), 'Hello')
  await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the message')
  expect(under.receiver.webhooks[0]?.signatureOk).toBe(false)
})

test('wrong options end with one sentence that names them', async () => {
  const options = { webhookUrl: 'nowhere', appSecret: 's', verifyToken: 'v', numbers: [{ ...SHOP, displayNumber: 'twelve' }] }
  await expect(startSandbox(options)).rejects.toThrow(/webhookUrl: .*; numbers\.0\.displayNumber: must be a phone number/)
})

test('health and metrics are answered', async () => {
  for (const path of ['livez', 'readyz', 'metrics']) expect((await fetch(`${under.client.url}/${path}`)).status).toBe(200)
})
