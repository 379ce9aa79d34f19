import { expect, test } from 'vitest'
import { type Chunk, Gather } from './kafka-gather.ts'

const chunk = (partition: number, count: number): Chunk => ({
  messages: Array.from({ length: count }, (_, position) => ({
    topic: 't',
    partition,
    position,
    key: 'k',
    value: '1',
    publishedAt: new Date(0),
    tries: 0,
  })),
})

test('what several partitions have at once is one call of the handler', async () => {
  const calls: number[] = []
  const gather = new Gather(100, async (chunks) => {
    calls.push(chunks.flatMap(({ messages }) => messages).length)
  })
  await Promise.all([gather.add(chunk(0, 5)), gather.add(chunk(1, 7)), gather.add(chunk(2, 1))])
  expect(calls).toEqual([13])
})

test('a call takes no more than its limit, and the rest is next', async () => {
  const calls: number[] = []
  const gather = new Gather(10, async (chunks) => {
    calls.push(chunks.flatMap(({ messages }) => messages).length)
  })
  await Promise.all([gather.add(chunk(0, 6)), gather.add(chunk(1, 6)), gather.add(chunk(2, 4))])
  expect(calls).toEqual([6, 10])
})

test('a call that throws rejects those in it and nobody else', async () => {
  let isFirst = true
  const gather = new Gather(10, async () => {
    if (isFirst) {
      isFirst = false
      throw new Error('down')
    }
  })
  const outcomes = await Promise.allSettled([gather.add(chunk(0, 10)), gather.add(chunk(1, 10))])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
})
