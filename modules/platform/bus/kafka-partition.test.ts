import fc from 'fast-check'
import { Partitioners } from 'kafkajs'
import { expect, test } from 'vitest'
import { partitionOf } from './partition.ts'

const metadata = (count: number) =>
  Array.from({ length: count }, (_, partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0, replicas: [1], isr: [1] }))

test('our partitions are those of the Kafka client, for any key', () => {
  const theirs = Partitioners.DefaultPartitioner()
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }), fc.integer({ min: 1, max: 64 }), (key, count) => {
      expect(partitionOf(key, count)).toBe(theirs({ topic: 'any', partitionMetadata: metadata(count), message: { key, value: '' } }))
    }),
    { numRuns: 2_000 },
  )
})
