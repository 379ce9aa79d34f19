import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { whatsappFixture } from '#tests/builders/whatsapp.ts'
import { parseWebhook } from './parse.ts'
import { contactBook, identitiesOf, personOf } from './parse-people.ts'

const bsuid = (value: string) => ({ kind: 'bsuid', scope: 'portfolio', value, attested: true })
const waId = (value: string, attested = true) => ({ kind: 'wa_id', scope: 'tenant', value, attested })
const phone = (value: string) => ({ kind: 'phone', scope: 'tenant', value, attested: true })

describe('identities, strongest first', () => {
  test.each([
    ['BSUID and number', { userId: 'US.1', waId: '16505551234' }, [bsuid('US.1'), waId('16505551234'), phone('+16505551234')]],
    ['a number without a plan', { waId: '5678' }, [waId('5678')]],
    ['a number written for people', { waId: '+1 650-555-1234' }, [waId('16505551234'), phone('+16505551234')]],
    ['a number that came as a number', { waId: 16505551234 }, [waId('16505551234'), phone('+16505551234')]],
    ['a BSUID in the number’s place', { waId: 'US.13491208655302741918' }, [bsuid('US.13491208655302741918')]],
    ['the same BSUID in both', { userId: 'US.1', waId: 'US.1' }, [bsuid('US.1')]],
    ['an early BSUID, of another form', { userId: 'user.93f', waId: 'user.93f' }, [bsuid('user.93f')]],
    ['the parent’s where the own is missing', { parentUserId: 'US.ENT.9' }, [bsuid('US.ENT.9')]],
    ['not the parent’s beside the own', { userId: 'US.1', parentUserId: 'US.ENT.9' }, [bsuid('US.1')]],
    ['a placeholder, for want of better', { waId: '<WHATSAPP_USER_ID>' }, [waId('<WHATSAPP_USER_ID>', false)]],
    ['nothing', { waId: '', userId: null }, []],
  ])('%s', (_name, names, identities) => {
    expect(identitiesOf(names)).toEqual(identities)
  })

  test('a Brazilian number keeps its wa_id and is one person under both spellings', () => {
    expect(identitiesOf({ waId: '551187654321' }, { waId: '5511987654321' })).toEqual([
      waId('551187654321'),
      waId('5511987654321'),
      phone('+5511987654321'),
    ])
  })

  test('never the same twice', () => {
    const names = fc.record({ waId: fc.constantFrom('1', '5511987654321', 'US.1', ''), userId: fc.constantFrom('US.1', 'US.2', '') })
    fc.assert(
      fc.property(fc.array(names), (list) => {
        const keys = identitiesOf(...list).map((identity) => `${identity.kind} ${identity.value}`)
        expect(new Set(keys).size).toBe(keys.length)
      }),
    )
  })
})

describe('the contact entry that belongs to an item', () => {
  const ana = { profile: { name: 'Ana' }, wa_id: '5511987654321', user_id: 'BR.1' }
  const kim = { profile: { name: 'Kim', username: '@kim.w' }, user_id: 'US.2' }

  test('is found by number, in either spelling, and by BSUID', () => {
    const book = contactBook({ contacts: [kim, ana] })
    expect(personOf({ waId: '551187654321' }, book)).toMatchObject({
      name: 'Ana',
      identities: [bsuid('BR.1'), waId('5511987654321'), waId('551187654321'), phone('+5511987654321')],
    })
    expect(personOf({ userId: 'US.2' }, book)).toEqual({ name: 'Kim', username: 'kim.w', identities: [bsuid('US.2')] })
  })

  test('is the only one there is when the item names nobody', () => {
    expect(personOf({ waId: '<FROM>' }, contactBook({ contacts: [ana] }))).toMatchObject({ name: 'Ana' })
  })

  test('is nobody’s when the item says otherwise, or there is a choice', () => {
    expect(personOf({ waId: '6281234567890' }, contactBook({ contacts: [ana] })).name).toBeUndefined()
    expect(personOf({}, contactBook({ contacts: [ana, kim] })).identities).toEqual([])
  })
})

test('a person known by BSUID alone is the same one however the number is missing', () => {
  const events = parseWebhook(whatsappFixture('username-only'))
  expect(events).toHaveLength(4)
  for (const event of events) {
    expect(event).toMatchObject({
      type: 'message',
      person: { name: 'Kim', username: 'kim.w', identities: [bsuid('US.13491208655302741918')] },
    })
  }
})
