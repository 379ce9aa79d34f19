import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { canonicalPhone, phoneDigits } from './phones.ts'

describe('one person, one number', () => {
  test.each([
    ['Brazil without and with the ninth digit', '551187654321', '5511987654321', '+5511987654321'],
    ['Mexico with and without the old mobile prefix', '5215512345678', '525512345678', '+525512345678'],
    ['Argentina without and with the 9 from abroad', '541123456789', '5491123456789', '+5491123456789'],
  ])('%s', (_name, one, other, canonical) => {
    expect(canonicalPhone(one)).toBe(canonical)
    expect(canonicalPhone(other)).toBe(canonical)
  })

  test('a Brazilian landline gets no ninth digit', () => {
    expect(canonicalPhone('551133334444')).toBe('+551133334444')
  })

  test('punctuation and the plus sign make no difference', () => {
    expect(canonicalPhone('+62 (812) 3456-7890')).toBe(canonicalPhone('6281234567890'))
  })

  test.each(['', 'bla', '<WHATSAPP_USER_PHONE_NUMBER>', 'US.13491208655302741918', '5678', '9'.repeat(21)])('%j is no number', (value) => {
    expect(canonicalPhone(value)).toBeNull()
  })

  test('canonical stays canonical', () => {
    const number = fc.tuple(fc.constantFrom('1', '62', '55', '52', '521', '54', '549', '44', '972'), fc.stringMatching(/^\d{6,11}$/))
    fc.assert(
      fc.property(number, ([country, rest]) => {
        const canonical = canonicalPhone(country + rest)
        if (canonical !== null) expect(canonicalPhone(canonical)).toBe(canonical)
      }),
    )
  })
})

test('digits only, or nothing', () => {
  expect(phoneDigits('+1 650-555-1234')).toBe('16505551234')
  expect(phoneDigits('1650 x 1234')).toBeNull()
})
