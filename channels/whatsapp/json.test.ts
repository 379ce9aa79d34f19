import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { UnparsableBody } from '../connector.ts'
import { parseJson } from './json.ts'

const parse = (text: string) => parseJson(Buffer.from(text))

describe('numbers too large for a double', () => {
  test('keep every digit, as text', () => {
    expect(parse('{"id":12345678901234567890,"ids":[9007199254740993]}')).toEqual({
      id: '12345678901234567890',
      ids: ['9007199254740993'],
    })
  })

  test('are left alone inside text, fractions and exponents', () => {
    const text = String.raw`{"a":"id 12345678901234567890 \" 12345678901234567890 \\","b":1.0000000000000001,"c":1e10,"d":-1234567890123456789}`
    expect(parse(text)).toEqual(JSON.parse(text))
  })

  test('in any document, only they differ from what JSON says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.string(), (value, noise) => {
        const text = JSON.stringify({ value, noise: `${noise}"\\12345678901234567890` })
        expect(parse(text)).toEqual(JSON.parse(text, (_key, member) => (isLong(member) ? String(member) : member)))
      }),
    )
  })
})

/** fast-check's integers stay below 2^53; a double prints as whole digits only up to 1e21. */
const isLong = (value: unknown): value is number => typeof value === 'number' && /^\d{16,}$/.test(String(value))

test.each([
  ['', 'nothing'],
  ['{"a":', 'half a body'],
  ['<html>', 'a page'],
])('%j is not the format: %s', (text) => {
  expect(() => parse(text)).toThrow(UnparsableBody)
})

test('bytes that are not UTF-8 are not the format', () => {
  expect(() => parseJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(UnparsableBody)
})
