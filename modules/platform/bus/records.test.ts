import { expect, test } from 'vitest'
import { z } from 'zod'
import { LIMITS } from '../limits.ts'
import { partitionOf } from './partition.ts'
import { encodeRecords } from './records.ts'
import type { Topic } from './topics.ts'

const topic: Topic = { name: 'any', key: 'key', partitions: 12, producer: 'test', groups: [], schema: z.unknown(), retentionHours: 1 }

test('a record knows its partition and its size in bytes', () => {
  expect(encodeRecords([topic], [{ topic: 'any', key: 'é', value: { n: 1 } }])).toEqual([
    { topic: 'any', key: 'é', value: '{"n":1}', partition: partitionOf('é', 12), sizeBytes: 9 },
  ])
})

test.each([
  ['an unknown topic', { topic: 'other', key: 'k', value: 1 }],
  ['an empty key', { topic: 'any', key: '', value: 1 }],
  ['a long key', { topic: 'any', key: 'k'.repeat(LIMITS.busKeyChars + 1), value: 1 }],
  ['a key the database refuses', { topic: 'any', key: 'a\0b', value: 1 }],
  ['no value', { topic: 'any', key: 'k', value: undefined }],
  ['a value that is too large', { topic: 'any', key: 'k', value: 'x'.repeat(LIMITS.busRecordBytes) }],
])('%s is refused before anything is written', (_, record) => {
  expect(() => encodeRecords([topic], [record])).toThrow()
})
