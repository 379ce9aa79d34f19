import { readdirSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMITS } from '#platform/limits.ts'
import {
  CUSTOMER,
  NUMBER,
  NUMBER_ID,
  WABA,
  whatsappFixture,
  whatsappMessage,
  whatsappRequest,
  whatsappValue,
  whatsappWebhook,
} from '#tests/builders/whatsapp.ts'
import { UnparsableBody } from '../connector.ts'
import { parseWebhook } from './parse.ts'

const parse = (body: unknown) => parseWebhook(whatsappRequest(body))
const fixtures = readdirSync(new URL('./fixtures', import.meta.url)).map((file) => file.replace('.json', ''))

describe('a first message', () => {
  test('says who wrote what, when, and to which number', () => {
    expect(parseWebhook(whatsappFixture('first-message'))).toEqual([
      {
        type: 'message',
        account: { channel: 'whatsapp', address: NUMBER_ID, businessId: WABA, displayAddress: NUMBER },
        providerTime: '2025-10-09T08:53:20.000Z',
        externalId: 'wamid.FIRST01',
        person: {
          identities: [
            { kind: 'bsuid', scope: 'portfolio', value: 'ID.40118822773366', attested: true },
            { kind: 'wa_id', scope: 'tenant', value: CUSTOMER, attested: true },
            { kind: 'phone', scope: 'tenant', value: `+${CUSTOMER}`, attested: true },
          ],
          name: 'Sari Dewi',
          username: 'saridewi',
        },
        content: { kind: 'text', text: 'Hi, where is my order?' },
      },
    ])
  })
})

describe('a batch', () => {
  const texts = (count: number) =>
    Array.from({ length: count }, (_, index) =>
      whatsappMessage({ id: `wamid.${index}`, from: `62812${1_000_000 + index}`, type: 'text', text: { body: `${index}` } }),
    )

  test('of a thousand updates beside a thousand contacts is read in no time, each with its own sender', () => {
    const messages = texts(1_000)
    const contacts = Array.from({ length: 1_000 }, (_, index) => ({
      profile: { name: `Person ${index}` },
      wa_id: `62812${1_000_000 + index}`,
    }))
    const body = whatsappWebhook('messages', whatsappValue({ contacts, messages }))
    const started = performance.now()
    const events = parse(body)
    // Comparing every message with every contact takes ten times as long.
    expect(performance.now() - started).toBeLessThan(2_500)
    expect(events.map((event) => event.type === 'message' && event.person.name)).toEqual(contacts.map((contact) => contact.profile.name))
  })

  test('over several entries and changes keeps each with its account', () => {
    const change = (id: string) => ({
      field: 'messages',
      value: { metadata: { phone_number_id: id }, messages: [whatsappMessage({ id: `wamid.${id}`, type: 'text', text: { body: 'x' } })] },
    })
    const body = {
      object: 'whatsapp_business_account',
      entry: [
        { id: 'A', changes: [change('1'), change('2')] },
        { id: 'B', changes: [change('3')] },
      ],
    }
    expect(parse(body).map((event) => [event.account.businessId, event.account.address])).toEqual([
      ['A', '1'],
      ['A', '2'],
      ['B', '3'],
    ])
  })

  test.each([
    ['null', null],
    ['a number', 7],
    ['a list', []],
    ['an object without anything', {}],
    ['a message without an id', whatsappMessage({ id: undefined, type: 'text', text: { body: 'x' } })],
    ['a message that names nobody', whatsappMessage({ from: undefined, type: 'text', text: { body: 'x' } })],
    ['an id too long to be one', whatsappMessage({ id: 'x'.repeat(LIMITS.externalIdChars + 1), type: 'text', text: { body: 'x' } })],
    ['a reaction to nothing', whatsappMessage({ type: 'reaction', reaction: {} })],
  ])('is not harmed by %s', (_name, bad) => {
    const [before, after] = texts(2)
    const events = parse(whatsappWebhook('messages', whatsappValue({ messages: [before, bad, after] })))
    expect(events.map((event) => event.type)).toEqual(['message', 'unsupported', 'message'])
  })
})

describe('what can’t be understood is kept', () => {
  test('fields we know nothing of, or leave, say so', () => {
    const events = parseWebhook(whatsappFixture('left-alone'))
    expect(events.map((event) => event.type === 'unsupported' && [event.field, event.reason])).toEqual([
      ['calls', 'calls are not taken here'],
      ['smb_app_state_sync', 'the phone app’s address book is not imported'],
      ['group_participants_update', 'groups are not managed here'],
      ['tomorrow', 'a field we know nothing of'],
      ['', 'a change without a field'],
    ])
  })

  test.each([
    'messages',
    'history',
    'smb_message_echoes',
    'user_preferences',
    'message_template_status_update',
    '__proto__',
    'constructor',
  ])('the field %s with nothing in it', (field) => {
    expect(parse(whatsappWebhook(field, {}))).toMatchObject([{ type: 'unsupported', field, account: { businessId: WABA } }])
  })

  test.each([[{}], [{ changes: 'x' }], [{ changes: [] }], [null], ['text']])('an entry like %j', (entry) => {
    expect(parse({ object: 'whatsapp_business_account', entry: [entry] })).toMatchObject([{ type: 'unsupported' }])
  })

  test.each(['', '{', '[]', '"text"', '{}', '{"object":"page","entry":[]}', '{"object":"whatsapp_business_account"}'])(
    'the body %j is another’s',
    (body) => {
      expect(() => parse(body)).toThrow(UnparsableBody)
    },
  )

  test('a body that would become more events than any real one is refused whole', () => {
    const entry = Array.from({ length: LIMITS.eventsPerWebhook + 1 }, () => 0)
    expect(() => parse({ object: 'whatsapp_business_account', entry })).toThrow(UnparsableBody)
  })
})

describe('text', () => {
  test('loses NUL and lone surrogates, wherever it stands', () => {
    const body = String.raw`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":{
      "contacts":[{"profile":{"name":"A\u0000na\ud800"},"wa_id":"${CUSTOMER}"}],
      "messages":[{"from":"${CUSTOMER}","id":"wamid.\u00001","type":"text","text":{"body":"\udc00caf\u00e9\u0000 \ud83d\ude00\ud83d"}}]}}]}]}`
    expect(parse(body)).toMatchObject([{ externalId: 'wamid.1', person: { name: 'Ana' }, content: { text: 'café 😀' } }])
  })

  test('is cut to its limit without half an emoji', () => {
    const body = `${'x'.repeat(LIMITS.messageTextChars - 1)}😀😀`
    const [event] = parse(whatsappWebhook('messages', whatsappValue({ messages: [whatsappMessage({ type: 'text', text: { body } })] })))
    expect(event).toMatchObject({ content: { text: 'x'.repeat(LIMITS.messageTextChars - 1) } })
  })
})

describe('whatever arrives', () => {
  /** Every string of an event could be stored: PostgreSQL takes it, JSON carries it. */
  const expectStorable = (events: unknown) => {
    expect(JSON.stringify(events)).not.toMatch(/\\u0000|\\ud[89a-f]/)
  }

  test('any JSON under any field becomes events that can be stored', () => {
    const field = fc.constantFrom('messages', 'smb_message_echoes', 'history', 'user_preferences', 'user_id_update', 'account_update', 'x')
    fc.assert(
      fc.property(field, fc.jsonValue({ stringUnit: 'binary' }), (name, value) => {
        const events = parse(whatsappWebhook(name, value))
        expect(events.length).toBeGreaterThan(0)
        expectStorable(events)
      }),
    )
  })

  test('any JSON in any place of a real webhook is survived, and its neighbours with it', () => {
    const place = fc.tuple(fc.constantFrom(...fixtures), fc.nat(), fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }))
    fc.assert(
      fc.property(place, ([name, spot, value]) => {
        const events = parse(replaceOne(JSON.parse(Buffer.from(whatsappFixture(name).body).toString()), spot, value))
        expectStorable(events)
      }),
      { numRuns: 500 },
    )
  })

  test('any bytes are events or not the format', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fixtures), fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }), (name, at, bytes) => {
        const request = whatsappFixture(name)
        Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength).set(bytes, at % (request.body.byteLength - 4))
        try {
          expectStorable(parseWebhook(request))
        } catch (error) {
          expect(error).toBeInstanceOf(UnparsableBody)
        }
      }),
      { numRuns: 500 },
    )
  })
})

/** Puts a value in the n-th place (counted over all members, depth first) below the envelope of a webhook. */
function replaceOne(webhook: { entry: unknown[] }, spot: number, value: unknown): unknown {
  const places: [Record<string, unknown>, string][] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key])
      walk((node as Record<string, unknown>)[key])
    }
  }
  walk(webhook.entry)
  const [holder, key] = places[spot % places.length] ?? [{}, '']
  holder[key] = value
  return webhook
}
