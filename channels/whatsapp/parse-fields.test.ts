import { describe, expect, test } from 'vitest'
import {
  NUMBER,
  NUMBER_ID,
  WABA,
  whatsappFixture,
  whatsappMessage,
  whatsappRequest,
  whatsappValue,
  whatsappWebhook,
} from '#tests/builders/whatsapp.ts'
import { parseWebhook } from './parse.ts'

const eventsOf = (fixture: string) => parseWebhook(whatsappFixture(fixture))

describe('statuses', () => {
  const statuses = eventsOf('statuses')

  test('each known word is a receipt with its own time', () => {
    expect(statuses.slice(0, 4).map((event) => event.type === 'receipt' && [event.status, event.providerTime])).toEqual([
      ['sent', '2025-10-09T08:54:50.000Z'],
      ['delivered', '2025-10-09T08:54:51.000Z'],
      ['read', '2025-10-09T08:54:52.000Z'],
      ['played', '2025-10-09T08:54:53.000Z'],
    ])
  })

  test('our echo and the price come along', () => {
    expect(statuses[0]).toMatchObject({
      externalId: 'wamid.OUT1',
      echo: 'atm_0123456789abcdef0123456789abcdef',
      pricing: { billable: true, model: 'PMP', type: 'regular', category: 'utility' },
    })
  })

  test('a recipient without a number is named by BSUID', () => {
    expect(statuses[2]).toMatchObject({ person: { name: 'Kim', identities: [{ kind: 'bsuid', value: 'US.13491208655302741918' }] } })
  })

  test('a failure carries the provider’s code, treated by class', () => {
    expect(statuses[4]).toMatchObject({
      status: 'failed',
      error: { code: '131047', class: 'window', title: 'Re-engagement message', details: 'More than 24 hours have passed.' },
    })
  })

  test('in a group it names the participant, and no person', () => {
    expect(statuses[5]).toMatchObject({ status: 'delivered', participant: '5511912345678' })
    expect(statuses[5]).not.toHaveProperty('person.identities')
  })

  test('legacy words are no receipts', () => {
    expect(statuses.slice(6)).toMatchObject([
      { type: 'unsupported', reason: 'status deleted of wamid.OUT4 is no receipt' },
      { type: 'unsupported', reason: 'status warning of wamid.OUT5 is no receipt' },
    ])
  })

  test.each([
    ['1760000000', '2025-10-09T08:53:20.000Z'],
    [1760000000, '2025-10-09T08:53:20.000Z'],
    ['asdf', null],
    ['', null],
    [0, null],
    [-5, null],
    [1760000000000, null],
    ['1e400', null],
    [null, null],
  ])('the timestamp %j', (timestamp, providerTime) => {
    const value = whatsappValue({ statuses: [{ id: 'wamid.1', status: 'sent', timestamp }] })
    expect(parseWebhook(whatsappRequest(whatsappWebhook('messages', value)))).toMatchObject([{ type: 'receipt', providerTime }])
  })
})

describe('templates', () => {
  const templates = eventsOf('templates')

  test('a rejection keeps every digit of the id and says why', () => {
    expect(templates[0]).toEqual({
      type: 'template',
      account: { channel: 'whatsapp', address: '', businessId: WABA },
      providerTime: '2025-10-09T08:55:00.000Z',
      templateExternalId: '12345678901234567890',
      name: 'spring_sale',
      language: 'en_US',
      status: 'REJECTED',
      category: 'MARKETING',
      reason: 'Looks like a promotion',
    })
  })

  test('a pause, a quality, a category and new words', () => {
    expect(templates.slice(1)).toMatchObject([
      { templateExternalId: '1234', language: 'id', status: 'PAUSED', reason: 'Paused for three hours' },
      { quality: 'YELLOW' },
      { category: 'MARKETING' },
      { componentsChanged: true },
    ])
    expect(templates.filter((event) => 'componentsChanged' in event)).toHaveLength(1)
  })
})

describe('the account', () => {
  const account = eventsOf('account')

  test('each field says what happened and how bad it is', () => {
    expect(account.map((event) => event.type === 'account' && [event.field, event.severity, event.summary])).toEqual([
      ['account_update', 'critical', 'ACCOUNT_RESTRICTION'],
      ['account_alerts', 'critical', 'PROFILE_PICTURE_LOST: Upload it again.'],
      ['account_review_update', 'critical', 'REJECTED'],
      ['phone_number_name_update', 'warning', 'REJECTED: Not your name'],
      ['phone_number_quality_update', 'warning', 'FLAGGED'],
      ['business_capability_update', 'info', 'TIER_10K'],
      ['security', 'warning', 'PIN_CHANGED'],
    ])
  })

  test('a number named only by what it displays is named in digits', () => {
    expect(account[3]?.account).toEqual({ channel: 'whatsapp', address: '', businessId: WABA, displayAddress: NUMBER })
  })

  test('errors beside no message are the account’s', () => {
    expect(eventsOf('account-errors')).toMatchObject([
      {
        type: 'account',
        account: { address: NUMBER_ID },
        field: 'messages',
        severity: 'warning',
        summary: '131042 Business eligibility payment issue: Add a payment method.',
      },
    ])
  })

  test('errors beside a message that is whole are the account’s as well', () => {
    const messages = [whatsappMessage({ type: 'text', text: { body: 'fine' } })]
    const body = whatsappWebhook('messages', whatsappValue({ messages, errors: [{ code: 131031, title: 'Locked' }] }))
    expect(parseWebhook(whatsappRequest(body))).toMatchObject([{ type: 'message' }, { type: 'account', summary: '131031 Locked' }])
  })

  test('a value beyond measure is kept within measure', () => {
    const body = whatsappWebhook('account_update', { event: 'X', list: Array.from({ length: 2_000 }, () => ({ text: 'y'.repeat(1_000) })) })
    const [event] = parseWebhook(whatsappRequest(body))
    expect(event?.type === 'account' && JSON.stringify(event.data).length).toBeLessThan(40_000)
  })

  test.each([
    ['account_update', { event: 'VERIFIED_ACCOUNT' }, 'info'],
    ['account_update', { event: 'PARTNER_REMOVED' }, 'critical'],
    ['account_update', {}, 'info'],
    ['account_alerts', { alert_severity: 'WARNING', alert_type: 'OBA_REJECTED' }, 'warning'],
    ['account_review_update', { decision: 'APPROVED' }, 'info'],
    ['phone_number_quality_update', { event: 'UPGRADE' }, 'info'],
    ['phone_number_name_update', { decision: 'APPROVED' }, 'info'],
  ])('%s %j is %s', (field, value, severity) => {
    const body = { object: 'whatsapp_business_account', entry: [{ id: WABA, changes: [{ field, value: { ...value, x: 1 } }] }] }
    expect(parseWebhook(whatsappRequest(body))).toMatchObject([{ type: 'account', severity }])
  })
})

describe('people', () => {
  const people = eventsOf('people')

  test('what marketing they want', () => {
    expect(people.slice(0, 2)).toMatchObject([
      {
        type: 'preference',
        category: 'marketing_messages',
        value: 'stop',
        providerTime: '2025-10-09T08:55:20.000Z',
        person: { name: 'Ana' },
      },
      { type: 'preference', value: 'resume', person: { identities: [{ kind: 'bsuid' }] } },
    ])
  })

  test('a BSUID that was replaced, told by a field of its own', () => {
    expect(people[2]).toMatchObject({
      type: 'person_changed',
      change: 'bsuid',
      externalId: 'user_id_update:BR.OLD:BR.NEW',
      person: { identities: [{ value: 'BR.OLD' }, { kind: 'wa_id' }, { kind: 'phone' }] },
      nowKnownAs: [{ kind: 'bsuid', value: 'BR.NEW' }],
    })
  })

  test.each([
    ['a wish we do not know', { wa_id: '16505551234', value: 'maybe' }],
    ['a wish of nobody', { value: 'stop' }],
  ])('%s is kept', (_name, preference) => {
    const body = whatsappWebhook('user_preferences', whatsappValue({ user_preferences: [preference] }))
    expect(parseWebhook(whatsappRequest(body))).toMatchObject([{ type: 'unsupported', field: 'user_preferences' }])
  })
})
