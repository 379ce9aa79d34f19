import { describe, expect, test } from 'vitest'
import { BSUID, bsuidOf, canonicalNumber, newWamid } from './identity.ts'
import type { BusinessNumber, Customer } from './types.ts'

test.each([
  ['5511987654321', '551187654321', 'Brazil with and without the ninth digit'],
  ['5215512345678', '525512345678', 'Mexico with and without 1'],
  ['5491123456789', '541123456789', 'Argentina with and without 9'],
])('%s and %s are the same phone: %s', (one, other) => {
  expect(canonicalNumber(one)).toBe(canonicalNumber(other))
})

test('numbers elsewhere are left alone', () => {
  for (const digits of ['15550102030', '6281250102030', '966550102030', '55119876543']) expect(canonicalNumber(digits)).toBe(digits)
})

describe('business-scoped user ids', () => {
  const number = (portfolioId: string) => ({ portfolioId, userIds: true }) as BusinessNumber
  const customer = (change: Partial<Customer>) =>
    ({ id: 'cus_1', waId: '6281250102030', userId: null, generation: 0, ...change }) as Customer

  test('are the same for all numbers of a portfolio and different for another', () => {
    const id = bsuidOf(customer({}), number('a'))
    expect(id).toMatch(BSUID)
    expect(id).toMatch(/^ID\./)
    expect(bsuidOf(customer({}), number('a'))).toBe(id)
    expect(bsuidOf(customer({}), number('b'))).not.toBe(id)
  })

  test('change with the phone number and can be given', () => {
    expect(bsuidOf(customer({ generation: 1 }), number('a'))).not.toBe(bsuidOf(customer({}), number('a')))
    expect(bsuidOf(customer({ userId: 'US.1234' }), number('a'))).toBe('US.1234')
  })

  test('are absent for numbers of before', () => {
    expect(bsuidOf(customer({}), { ...number('a'), userIds: false })).toBeUndefined()
  })
})

test('message ids are unique and tell neither sender nor time by their beginning', () => {
  const ids = Array.from({ length: 1_000 }, () => newWamid('15550102030', 'inbound'))
  expect(new Set(ids).size).toBe(1_000)
  expect(ids.every((id) => /^wamid\.[A-Za-z0-9+/]+=*$/.test(id))).toBe(true)
})
