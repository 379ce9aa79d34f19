import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import { cursorOf, sequenceOf } from './cursor.ts'

const tenantId = newId('tenant')

test('a cursor gives its sequence back to its own tenant only', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (sequence) => {
      const cursor = cursorOf(tenantId, sequence)
      expect(sequenceOf(tenantId, cursor)).toBe(sequence)
      expect(sequenceOf(newId('tenant'), cursor)).toBeUndefined()
      expect(cursor).toHaveLength(14)
    }),
  )
})

test('whatever else a browser sends is no cursor', () => {
  fc.assert(fc.property(fc.string(), (text) => sequenceOf(tenantId, text) === undefined))
  expect(sequenceOf(tenantId, cursorOf(tenantId, 12).slice(1))).toBeUndefined()
})
