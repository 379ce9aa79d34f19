import { expect, test } from 'vitest'
import { ByteStream } from './byte-stream.ts'

const bytes = (length: number) => new Uint8Array(length)

test('it is full when its buffer is, and has room again once the client reads', async () => {
  const stream = new ByteStream(100, () => {})
  stream.write(bytes(60))
  expect(stream.isFull).toBe(false)
  stream.write(bytes(60))
  expect(stream.isFull).toBe(true)
  const room = stream.hasRoomWithin(5_000)
  const reader = stream.body.getReader()
  await reader.read()
  expect(await room).toBe(true)
  expect(stream.isFull).toBe(false)
})

test('a client that reads nothing is noticed', async () => {
  const stream = new ByteStream(10, () => {})
  stream.write(bytes(20))
  expect(await stream.hasRoomWithin(20)).toBe(false)
  expect(stream.isEnded).toBe(false)
})

test.each(['client', 'we'] as const)('its end is told once, whoever ends it: %s', async (who) => {
  let ends = 0
  const stream = new ByteStream(10, () => ends++)
  stream.write(bytes(20))
  const waiting = stream.hasRoomWithin(5_000)
  if (who === 'client') await stream.body.cancel()
  else stream.end()
  stream.end()
  stream.write(bytes(1))
  expect(await waiting).toBe(false)
  expect([ends, stream.isEnded]).toEqual([1, true])
})
