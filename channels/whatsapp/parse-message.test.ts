import { describe, expect, test } from 'vitest'
import {
  CUSTOMER,
  NUMBER,
  whatsappFixture,
  whatsappMessage,
  whatsappRequest,
  whatsappValue,
  whatsappWebhook,
} from '#tests/builders/whatsapp.ts'
import type { InboundEvent } from '../connector.ts'
import { parseWebhook } from './parse.ts'

const eventsOf = (fixture: string) => parseWebhook(whatsappFixture(fixture))
const one = (message: object) =>
  parseWebhook(whatsappRequest(whatsappWebhook('messages', whatsappValue({ messages: [whatsappMessage(message)] }))))[0]
const bsuid = (value: string) => ({ kind: 'bsuid', scope: 'portfolio', value, attested: true })
const number = (value: string) => [
  { kind: 'wa_id', scope: 'tenant', value, attested: true },
  { kind: 'phone', scope: 'tenant', value: `+${value}`, attested: true },
]

describe('words about an earlier message', () => {
  const events = eventsOf('reactions-edits-revokes')

  test('a reaction, then taken back by an empty and by a missing emoji', () => {
    expect(events.slice(0, 3)).toMatchObject([
      { type: 'reaction', externalId: 'wamid.RC1', targetExternalId: 'wamid.TARGET', emoji: '❤️', fromBusiness: false },
      { type: 'reaction', externalId: 'wamid.RC2', emoji: null },
      { type: 'reaction', externalId: 'wamid.RC3', emoji: null },
    ])
  })

  test('an edit carries what the message says from now on, a withdrawal only names it', () => {
    expect(events.slice(3)).toMatchObject([
      { type: 'edit', targetExternalId: 'wamid.TARGET', content: { kind: 'text', text: 'Tomorrow, I meant' }, fromBusiness: false },
      { type: 'revoke', externalId: 'wamid.RVK', targetExternalId: 'wamid.TARGET' },
    ])
  })
})

describe('where a message came from', () => {
  const context = Object.fromEntries(
    eventsOf('context').map((event) => (event.type === 'message' ? [event.externalId, event.context] : [])),
  )

  test('an advertisement', () => {
    expect(context['wamid.AD']).toEqual({
      referral: {
        sourceUrl: 'https://fb.example.com/ad',
        sourceId: '120001',
        sourceType: 'ad',
        headline: 'Spring sale',
        body: 'Half price',
        mediaUrl: 'https://cdn.example.com/ad.jpg',
        clickId: 'click-1',
      },
    })
  })

  test('somebody else, once or often', () => {
    expect(context['wamid.FWD']).toEqual({ forwarded: 'once' })
    expect(context['wamid.FWF']).toEqual({ forwarded: 'often' })
  })

  test('a product, an earlier message, a group', () => {
    expect(context['wamid.PRD']).toEqual({ replyToExternalId: 'wamid.ASKED', referredProduct: { catalogId: '5500', productId: 'cup-red' } })
    expect(context['wamid.GRP']).toEqual({ groupId: 'Z3JvdXA6MQ' })
  })

  test('nowhere in particular', () => {
    expect(one({ type: 'text', text: { body: 'x' }, context: {} })).not.toHaveProperty('context.replyToExternalId')
  })
})

describe('what WhatsApp says about a person', () => {
  const [numberChange, bsuidChange, keyChange] = eventsOf('system')

  test('a new number, told with the old and the new names', () => {
    expect(numberChange).toMatchObject({
      type: 'person_changed',
      change: 'number',
      externalId: 'wamid.NUM',
      person: { identities: [bsuid('ID.OLD'), ...number(CUSTOMER)] },
      nowKnownAs: [bsuid('ID.NEW'), ...number('6289999888777')],
      text: 'User Sari changed from 6281234567890 to 6289999888777',
    })
  })

  test('a new BSUID, whose old one stands only in the sentence', () => {
    expect(bsuidChange).toMatchObject({ change: 'bsuid', person: { identities: [bsuid('ID.OLD')] }, nowKnownAs: [bsuid('ID.NEW')] })
  })

  test('a new identity key changes no name', () => {
    expect(keyChange).toMatchObject({ change: 'identity_key', person: { identities: number(CUSTOMER) }, nowKnownAs: [] })
  })

  test('the sender’s new name says nothing about who it was', () => {
    const event = one({
      from: '6289999888777',
      from_user_id: 'ID.NEW',
      type: 'system',
      system: { type: 'user_changed_user_id', user_id: 'ID.NEW', wa_id: '6289999888777', previous_user_id: 'ID.OLD' },
    })
    expect(event).toMatchObject({ person: { identities: [bsuid('ID.OLD')] } })
  })

  test('a change we do not know is kept as one', () => {
    expect(one({ type: 'system', system: { type: 'user_moved_abroad', body: 'gone' } })).toMatchObject({
      type: 'person_changed',
      change: 'other',
      text: 'gone',
    })
  })

  test('a change of nobody is not one', () => {
    expect(one({ from: undefined, type: 'system', system: { type: 'user_changed_number' } })).toMatchObject({ type: 'unsupported' })
  })
})

describe('what the business wrote in its phone app', () => {
  const echoes = eventsOf('echoes')

  test('is an echo to the customer, never a message from one', () => {
    expect(echoes.map((event) => event.type)).toEqual(['echo', 'echo', 'revoke', 'edit', 'reaction'])
    expect(echoes[0]).toMatchObject({ person: { identities: number('5511987654321') }, content: { text: 'We are open until six' } })
    expect(echoes[1]).toMatchObject({ person: { identities: [bsuid('BR.77112233')] }, content: { kind: 'image' } })
    expect(echoes.slice(2).every((event) => 'fromBusiness' in event && event.fromBusiness)).toBe(true)
  })

  test('never makes a contact of the business’s own number', () => {
    const message = { ...whatsappMessage({ type: 'text', text: { body: 'x' } }), from: CUSTOMER, to: `+${NUMBER}` }
    const [event] = parseWebhook(whatsappRequest(whatsappWebhook('smb_message_echoes', whatsappValue({ message_echoes: [message] }))))
    expect(event).toMatchObject({ type: 'echo', person: { identities: number(CUSTOMER) } })
  })
})

describe('history', () => {
  const history = eventsOf('history')

  test('is marked, told apart by who wrote, and keeps its own times', () => {
    const told = (event: InboundEvent) => [event.type, event.providerTime, 'history' in event ? event.history : undefined]
    expect(history.map(told)).toEqual([
      ['message', '2025-06-15T15:06:40.000Z', true],
      ['echo', '2025-06-15T15:08:20.000Z', true],
      ['unsupported', '2025-06-15T15:10:00.000Z', undefined],
      ['message', '2025-06-15T15:11:40.000Z', true],
      ['account', null, undefined],
    ])
  })

  test('both sides of a thread belong to its customer', () => {
    expect(history[0]).toMatchObject({ person: { identities: number('5511987654321') } })
    expect(history[1]).toMatchObject({ person: { identities: number('5511987654321') } })
    expect(history[3]).toMatchObject({ person: { identities: [bsuid('BR.77112233')] } })
  })

  test('a file that follows later is a message of the history too', () => {
    const messages = [whatsappMessage({ id: 'wamid.H3', type: 'image', image: { id: '7200' } })]
    expect(parseWebhook(whatsappRequest(whatsappWebhook('history', whatsappValue({ messages }))))).toMatchObject([
      { type: 'message', externalId: 'wamid.H3', history: true, content: { media: { providerMediaId: '7200' } } },
    ])
  })
})
