import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RECEIPT_STATUSES } from '#channels/connector.ts'
import { DELIVERY_STATES, type DeliveryState, further, settle } from './status.ts'

const anyState = fc.constantFrom(...DELIVERY_STATES)
const anyReceipt = fc.constantFrom(...RECEIPT_STATUSES)
const rank: Record<DeliveryState, number> = {
  queued: 0,
  sending: 1,
  unknown: 1,
  discarded: 2,
  sent: 3,
  failed: 4,
  delivered: 5,
  read: 6,
  played: 6,
}

test('receipts may arrive twice and in any order', () => {
  const shuffled = fc
    .array(anyReceipt)
    .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray([...list, ...list], { minLength: list.length * 2 })))
  fc.assert(
    fc.property(anyState, shuffled, (own, [list, again]) => {
      expect(settle(own, again)).toBe(settle(own, list))
    }),
  )
})

test('it does not matter in how many batches receipts come, nor when our own side moves in between', () => {
  fc.assert(
    fc.property(fc.array(anyState), fc.array(anyReceipt), fc.array(anyReceipt), (own, first, second) => {
      const ownFurthest = own.reduce(further, 'queued')
      const step = settle(settle('queued', first), second)
      expect(further(step, ownFurthest)).toBe(settle(ownFurthest, [...second, ...first]))
    }),
  )
})

test('a state never goes back', () => {
  fc.assert(
    fc.property(anyState, fc.array(anyReceipt), (own, list) => {
      let state = own
      for (const receipt of list) {
        const next = settle(state, [receipt])
        expect(rank[next]).toBeGreaterThanOrEqual(rank[state])
        state = next
      }
    }),
  )
})

test.each<[DeliveryState, Parameters<typeof settle>[1], DeliveryState]>([
  ['sent', ['failed'], 'failed'],
  ['queued', ['failed'], 'failed'],
  ['sending', ['failed', 'delivered'], 'delivered'],
  ['delivered', ['failed'], 'delivered'],
  ['read', ['delivered', 'sent', 'failed'], 'read'],
  ['sent', ['read'], 'read'],
  ['unknown', ['sent'], 'sent'],
  ['unknown', ['failed'], 'failed'],
  ['discarded', ['delivered'], 'delivered'],
  ['failed', ['sent'], 'failed'],
  ['read', ['played', 'read'], 'played'],
])('%s and then %j is %s', (own, receipts, expected) => {
  expect(settle(own, receipts)).toBe(expected)
})
