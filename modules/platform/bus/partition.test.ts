import { expect, test } from 'vitest'
import { murmur2, partitionOf } from './partition.ts'

// From Kafka's own org.apache.kafka.common.utils.UtilsTest.
const VECTORS: [string, number][] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

test.each(VECTORS)('murmur2 of %s is what the Java client computes', (text, hash) => {
  expect(murmur2(Buffer.from(text))).toBe(hash)
})

test('a buffer that starts inside a larger one hashes alike', () => {
  const inside = Buffer.from('xfoobar').subarray(1)
  expect(murmur2(inside)).toBe(-790332482)
})

test('the sign bit is cleared, never negated: a partition is never below zero', () => {
  expect(partitionOf('21', 12)).toBe((-973932308 & 0x7fffffff) % 12)
})
