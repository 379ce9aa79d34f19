import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equalInConstantTime, parseKeyRing, SealBroken } from '#platform/crypto.ts'

const keyText = (id: string) => `${id}:${randomBytes(32).toString('base64')}`
const place = 'channel_credentials/ten_1/cha_1'

test('what was sealed opens at its own place, and nowhere else', () => {
  const ring = parseKeyRing(keyText('a'))
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (plain) => {
      const sealed = ring.seal(plain, place)
      expect(ring.open(sealed, place)).toEqual(Buffer.from(plain))
      expect(() => ring.open(sealed, 'channel_credentials/ten_2/cha_1')).toThrow(SealBroken)
    }),
  )
})

test('a changed byte anywhere is noticed', () => {
  const ring = parseKeyRing(keyText('a'))
  const sealed = ring.seal(Buffer.from('EAAG-token'), place)
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    expect(() => ring.open(changed, place)).toThrow(SealBroken)
  }
})

test('after rotation old values still open and say that they are stale; without the old key they say which is missing', () => {
  const [old, fresh] = [keyText('2025'), keyText('2026')]
  const sealed = parseKeyRing(old).seal(Buffer.from('x'), place)
  const rotated = parseKeyRing(`${fresh},${old}`)
  expect(rotated.open(sealed, place).toString()).toBe('x')
  expect(rotated.isStale(sealed)).toBe(true)
  expect(rotated.isStale(rotated.seal(Buffer.from('x'), place))).toBe(false)
  expect(() => parseKeyRing(fresh).open(sealed, place)).toThrow(/2025/)
})

test('constant-time comparison still compares', () => {
  expect(equalInConstantTime('abc', 'abc')).toBe(true)
  expect(equalInConstantTime('abc', 'abd')).toBe(false)
  expect(equalInConstantTime('abc', 'abcd')).toBe(false)
})
