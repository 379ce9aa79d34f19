import { describe, expect, test } from 'vitest'
import { refusalOf, SHOP, useSandbox } from '../testing/use-sandbox.ts'

const under = useSandbox()
const MAYA = '+15550102030'
const text = (body = 'Hello', to = MAYA) => ({ recipient_type: 'individual', to, type: 'text', text: { body } })

async function mayaWrites(): Promise<string> {
  return under.client.say(SHOP.phoneNumberId, { waId: MAYA, name: 'Maya' }, 'Hi, where is my order?')
}

function sentIn(answer: { body: Record<string, unknown> | undefined }): { id: string; message_status?: string } | undefined {
  const messages = answer.body?.messages as { id: string; message_status?: string }[] | undefined
  return messages?.[0]
}

function messageIdOf(answer: { body: Record<string, unknown> | undefined }): string {
  return sentIn(answer)?.id ?? ''
}

describe('accepting a send', () => {
  test('a text inside the window is accepted, reported sent, delivered and read, and stands in the journal', async () => {
    await mayaWrites()
    const answer = await under.send({ ...text(), biz_opaque_callback_data: 'atm_1' })
    expect(answer.status).toBe(200)
    expect(answer.body).toEqual({
      messaging_product: 'whatsapp',
      contacts: [{ input: MAYA, wa_id: '15550102030' }],
      messages: [{ id: expect.stringMatching(/^wamid\./) }],
    })
    await under.receiver.until(() => under.receiver.statuses().length === 3, 'three receipts')
    const statuses = under.receiver.statuses()
    const ranks = ['sent', 'delivered', 'read']
    statuses.sort((a, b) => ranks.indexOf(String(a.status)) - ranks.indexOf(String(b.status)))
    expect(statuses.map((status) => status.status)).toEqual(ranks)
    expect(statuses.every((status) => status.id === messageIdOf(answer) && status.biz_opaque_callback_data === 'atm_1')).toBe(true)
    expect(statuses.map((status) => status.pricing !== undefined)).toEqual([true, true, false])
    const accepted = (await under.client.readJournal()).filter((entry) => entry.kind === 'send.accepted').at(-1)
    expect(accepted).toMatchObject({ wamid: messageIdOf(answer), echo: 'atm_1', window: 'open', to: MAYA })
  })

  test('webhooks are signed over escaped bytes', async () => {
    await under.client.say(SHOP.phoneNumberId, { waId: MAYA, name: 'Ümit 🌿' }, 'أين طلبي؟')
    await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the message')
    const [webhook] = under.receiver.webhooks
    expect(webhook?.signatureOk).toBe(true)
    expect(webhook?.raw).toMatch(/^[\x20-\x7e]*$/)
    expect(webhook?.raw).toContain('\\ud83c\\udf3f')
    expect(under.receiver.messages()[0]?.text).toEqual({ body: 'أين طلبي؟' })
  })

  test('a person known by a business-scoped id only is reached by it', async () => {
    const person = await under.client.saveCustomer({ name: 'Robin', username: 'robin.k' })
    await under.client.say(SHOP.phoneNumberId, { id: person.id }, 'Hi')
    await under.receiver.until(() => under.receiver.messages().length === 1, 'the message')
    const message = under.receiver.messages()[0]
    expect(message).not.toHaveProperty('from')
    const userId = String(message?.from_user_id)
    const answer = await under.send({ recipient: userId, type: 'text', text: { body: 'Hello Robin' } })
    expect(answer.body?.contacts).toEqual([{ input: userId, user_id: userId, wa_id: '' }])
  })

  test('a number written the other way its country writes reaches the same person', async () => {
    await under.client.say(SHOP.phoneNumberId, { waId: '+551187654321', name: 'Ana' }, 'Oi')
    const answer = await under.send(text('Oi Ana', '+55 (11) 98765-4321'))
    expect(answer.body?.contacts).toEqual([{ input: '+55 (11) 98765-4321', wa_id: '551187654321' }])
  })
})

describe('refusing a send', () => {
  const refusals: [string, Record<string, unknown>, number][] = [
    ['no messaging product', { messaging_product: 'other', ...text(), type: 'text' }, 100],
    ['no recipient', { type: 'text', text: { body: 'x' } }, 131008],
    ['a number without +', text('x', '15550102030'), 100],
    ['words for a number', text('x', '+1555HELLO'), 100],
    ['an empty text', text(''), 131009],
    ['a text of 4,097 characters', text('x'.repeat(4097)), 131009],
    ['a key nobody knows', { ...text(), text: { body: 'x', colour: 'green' } }, 100],
    ['an unknown type', { to: MAYA, type: 'telegram', telegram: {} }, 100],
    ['the shop itself', text('x', '+1 555 078 3881'), 131021],
    ['media nobody uploaded', { to: MAYA, type: 'image', image: { id: '1013859600285441' } }, 100],
    ['media with id and link', { to: MAYA, type: 'image', image: { id: '1', link: 'https://x.example.com/a.jpg' } }, 131009],
    ['a location beyond the pole', { to: MAYA, type: 'location', location: { latitude: 91, longitude: 0 } }, 131009],
    ['a card with one name only', { to: MAYA, type: 'contacts', contacts: [{ name: { formatted_name: 'Noor' } }] }, 131009],
    [
      'a reaction with a context',
      { to: MAYA, type: 'reaction', reaction: { message_id: 'wamid.x', emoji: '👍' }, context: { message_id: 'wamid.x' } },
      131009,
    ],
    ['a recipient that is no id', { recipient: 'robin', type: 'text', text: { body: 'x' } }, 100],
  ]

  test.each(refusals)('%s is refused in the provider’s envelope', async (_what, message, code) => {
    await mayaWrites()
    const answer = await under.send(message)
    expect(refusalOf(answer).code).toBe(code)
    expect(answer.body?.error).toMatchObject({ type: 'OAuthException', fbtrace_id: expect.any(String) })
    const refused = (await under.client.readJournal()).filter((entry) => entry.kind === 'send.refused').at(-1)
    expect(refused).toMatchObject({ code, scripted: false })
  })

  test('a wrong token is 401 with code 190, and another account’s number does not exist', async () => {
    const wrong = await under.send(text(), 'nonsense')
    expect([wrong.status, refusalOf(wrong).code]).toEqual([401, 190])
    await under.client.registerNumber({
      ...SHOP,
      phoneNumberId: '200',
      wabaId: '201',
      accessToken: 'other',
      displayNumber: '+1 555 000 0001',
    })
    const foreign = await under.send(text(), 'other')
    expect([foreign.status, refusalOf(foreign).code]).toEqual([400, 100])
    expect(refusalOf(foreign).message).toContain(`Object with ID '${SHOP.phoneNumberId}' does not exist`)
  })

  test('a body that is not JSON is refused, not a crash', async () => {
    const answer = await fetch(`${under.sandbox.graphUrl}/${SHOP.phoneNumberId}/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${SHOP.accessToken}`, 'content-type': 'application/json' },
      body: '{"messaging_product":',
    })
    expect(answer.status).toBe(400)
  })
})

describe('the 24-hour window', () => {
  test('without a message of the customer a free-form send is accepted and then fails with 131047', async () => {
    expect((await under.send(text())).status).toBe(200)
    await under.receiver.until(() => under.receiver.statuses().length === 1, 'the failure')
    expect(under.receiver.statuses()[0]).toMatchObject({ status: 'failed', errors: [{ code: 131047, title: 'Re-engagement message' }] })
  })

  test('it closes 24 hours after the customer’s message, and a template still goes', async () => {
    await mayaWrites()
    await under.client.advanceClock(24 * 3_600_000 - 60_000)
    const inTime = await under.send(text())
    await under.client.advanceClock(120_000)
    const tooLate = await under.send(text())
    const template = await under.send({
      to: MAYA,
      type: 'template',
      template: { name: 'sign_in_code', language: { code: 'en_US' }, components: signInCode('123456') },
    })
    await under.receiver.until(
      () => under.receiver.statuses().some((status) => status.id === messageIdOf(template) && status.status === 'read'),
      'all',
    )
    const failed = under.receiver.statuses().filter((status) => status.status === 'failed')
    expect(failed.map((status) => status.id)).toEqual([messageIdOf(tooLate)])
    expect(messageIdOf(inTime)).not.toBe(messageIdOf(tooLate))
    expect(sentIn(template)?.message_status).toBe('accepted')
  })

  test('a number may answer 131047 at once instead', async () => {
    await under.client.registerNumber({ ...SHOP, windowError: 'answer' })
    expect(refusalOf(await under.send(text())).code).toBe(131047)
  })

  test('people nobody heard of can count as inside the window', async () => {
    await under.client.registerNumber({ ...SHOP, unknownWindow: 'open' })
    const answer = await under.send(text())
    await under.receiver.until(() => under.receiver.statuses().length === 3, 'three receipts')
    expect(under.receiver.statuses().every((status) => status.id === messageIdOf(answer) && status.status !== 'failed')).toBe(true)
  })
})

describe('limits', () => {
  test('the pair limit answers 131056 for one person and lets others through', async () => {
    await under.client.registerNumber({ ...SHOP, unknownWindow: 'open', pairLimit: { everyMs: 3_600_000, burst: 2 } })
    const codes = [await under.send(text()), await under.send(text()), await under.send(text())].map((answer) => refusalOf(answer).code)
    expect(codes).toEqual([undefined, undefined, 131056])
    expect((await under.send(text('x', '+15550109999'))).status).toBe(200)
  })

  test('the throughput of a number counts inbound and outbound and answers 130429', async () => {
    await under.client.registerNumber({ ...SHOP, unknownWindow: 'open', messagesPerSecond: 3 })
    await mayaWrites()
    const answers = await Promise.all(Array.from({ length: 4 }, (_, nth) => under.send(text('x', `+1555010300${nth}`))))
    expect(answers.filter((answer) => refusalOf(answer).code === 130429).length).toBeGreaterThanOrEqual(1)
    expect(answers.filter((answer) => answer.status === 200).length).toBeLessThanOrEqual(3)
  })
})

describe('reading and typing', () => {
  test('a read mark turns the customer’s ticks blue and refuses messages that never came', async () => {
    const wamid = await mayaWrites()
    const answer = await under.send({ status: 'read', message_id: wamid, typing_indicator: { type: 'text' } })
    expect(answer.body).toEqual({ success: true })
    const chat = (await under.client.readJournal()).filter((entry) => entry.kind === 'mark.read').at(-1)
    expect(chat).toMatchObject({ wamid, typing: true })
    expect(refusalOf(await under.send({ status: 'read', message_id: 'wamid.never' })).code).toBe(131009)
  })
})

describe('reactions', () => {
  test('a reaction is only ever reported as sent', async () => {
    const wamid = await mayaWrites()
    await under.send({ to: MAYA, type: 'reaction', reaction: { message_id: wamid, emoji: '👍' } })
    await under.receiver.until(() => under.receiver.statuses().length === 1, 'sent')
    await under.receiver.until(() => under.receiver.messages().length === 1, 'the message')
    expect((await under.client.state()).scheduled).toBe(0)
    expect(under.receiver.statuses().map((status) => status.status)).toEqual(['sent'])
  })

  test('a reaction to a message that is gone fails with 131009', async () => {
    await mayaWrites()
    await under.send({ to: MAYA, type: 'reaction', reaction: { message_id: 'wamid.gone', emoji: '👍' } })
    await under.receiver.until(() => under.receiver.statuses().length === 1, 'the failure')
    expect(under.receiver.statuses()[0]).toMatchObject({ status: 'failed', errors: [{ code: 131009 }] })
  })
})

describe('the customer’s phone', () => {
  test('a phone that is off stays at sent and catches up when it is on again', async () => {
    await mayaWrites()
    const maya = await under.client.saveCustomer({ waId: MAYA, online: false })
    await under.send(text())
    await under.receiver.until(() => under.receiver.statuses().length === 1, 'sent')
    await under.client.changeCustomer(maya.id, { online: true })
    await under.receiver.until(() => under.receiver.statuses().length === 3, 'all three')
  })

  test('with read receipts off nothing after delivered is heard', async () => {
    await mayaWrites()
    await under.client.saveCustomer({ waId: MAYA, readReceipts: false })
    await under.send(text())
    await under.receiver.until(() => under.receiver.statuses().length === 2, 'sent and delivered')
    expect((await under.client.state()).scheduled).toBe(0)
  })

  test('a person who stopped marketing gets no marketing template', async () => {
    await under.client.saveCustomer({ waId: MAYA, marketing: 'stop' })
    await under.client.setTemplates(SHOP.wabaId, [
      { name: 'offer', language: 'en_US', category: 'MARKETING', components: [{ type: 'BODY', text: 'Green week!' }] },
    ])
    await under.send({ to: MAYA, type: 'template', template: { name: 'offer', language: { code: 'en_US' } } })
    await under.receiver.until(() => under.receiver.statuses().length === 1, 'the failure')
    expect(under.receiver.statuses()[0]).toMatchObject({ status: 'failed', errors: [{ code: 131050 }] })
  })
})

function signInCode(code: string) {
  const parameters = [{ type: 'text', text: code }]
  return [
    { type: 'body', parameters },
    { type: 'button', sub_type: 'url', index: '0', parameters },
  ]
}
