import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Fetched, handleInOrder } from './outcomes.ts'
import type { BusMessage, Outcome } from './port.ts'

const signal = new AbortController().signal
const message = (key: string, position: number, value = String(position)): Fetched => ({
  topic: 'any',
  partition: 0,
  position,
  key,
  value,
  publishedAt: new Date(0),
  tries: 0,
})
const kinds: Record<string, Outcome> = {
  done: { kind: 'done' },
  later: { kind: 'later', reason: 'not yet' },
  never: { kind: 'never', reason: 'broken' },
}
const short = (parks: Awaited<ReturnType<typeof handleInOrder>>) => parks.map(({ message: { position }, kind }) => `${position} ${kind}`)

test('after the first message of a key that is not done, its later ones wait behind it', async () => {
  const fetched = [message('a', 1), message('b', 2), message('a', 3), message('a', 4), message('b', 5)]
  const answers = ['later', 'done', 'done', 'never', 'done']
  const parks = await handleInOrder(async () => answers.map((kind) => kinds[kind] as Outcome), fetched, new Set(), signal)
  expect(short(parks)).toEqual(['1 later', '3 behind', '4 behind'])
})

test('messages of keys that wait already never reach the handler', async () => {
  const given: BusMessage[] = []
  const handle = async (messages: readonly BusMessage[]) => {
    given.push(...messages)
    return messages.map(() => ({ kind: 'done' }) as Outcome)
  }
  const parks = await handleInOrder(handle, [message('a', 1), message('b', 2)], new Set(['a']), signal)
  expect(given.map(({ key }) => key)).toEqual(['b'])
  expect(short(parks)).toEqual(['1 behind'])
})

test('when all of them wait the handler is not called', async () => {
  const parks = await handleInOrder(() => Promise.reject(new Error('called')), [message('a', 1)], new Set(['a']), signal)
  expect(short(parks)).toEqual(['1 behind'])
})

test('a value that is no JSON is parked for a person, what follows in its key waits', async () => {
  const handle = async (messages: readonly BusMessage[]) => messages.map(() => ({ kind: 'done' }) as Outcome)
  const parks = await handleInOrder(handle, [message('a', 1, '{'), message('a', 2), message('b', 3)], new Set(), signal)
  expect(short(parks)).toEqual(['1 never', '2 behind'])
})

test('a handler that answers too few or too many outcomes is a bug, not a verdict', async () => {
  for (const count of [0, 1, 3]) {
    const handle = async () => Array(count).fill({ kind: 'done' })
    await expect(handleInOrder(handle, [message('a', 1), message('a', 2)], new Set(), signal)).rejects.toThrow('outcomes')
  }
})

test('however a batch turns out, what is kept of a key is all before its first failure, and parked is all from there on', async () => {
  const anyBatch = fc.array(
    fc.record({ key: fc.constantFrom('a', 'b', 'c'), kind: fc.constantFrom('done', 'later', 'never'), isJson: fc.boolean() }),
    {
      maxLength: 40,
    },
  )
  await fc.assert(
    fc.asyncProperty(anyBatch, fc.subarray(['a', 'b', 'c']), async (batch, waiting) => {
      const fetched = batch.map(({ key, isJson }, at) => message(key, at, isJson ? String(at) : '{'))
      const handle = async (messages: readonly BusMessage[]) =>
        messages.map(({ value }) => kinds[batch[value as number]?.kind ?? ''] as Outcome)
      const parks = await handleInOrder(handle, fetched, new Set(waiting), signal)
      const parked = new Set(parks.map((one) => one.message.position))
      for (const key of ['a', 'b', 'c']) {
        const own = fetched.filter((one) => one.key === key)
        const firstBad = own.findIndex(({ position }) => batch[position]?.kind !== 'done' || !batch[position]?.isJson)
        const from = waiting.includes(key) ? 0 : firstBad === -1 ? own.length : firstBad
        expect(own.map(({ position }) => parked.has(position))).toEqual(own.map((_, at) => at >= from))
      }
    }),
  )
})
