import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventReader } from './event-stream.ts'

const STREAM = ': hello\nretry: 1000\n\nid: a\ndata: {"n":1}\n\nid: b\nevent: message\ndata: one\ndata: two\n\ndata: same id\r\n\r\n'
const EVENTS = [
  { id: 'a', data: '{"n":1}' },
  { id: 'b', data: 'one\ntwo' },
  { id: 'b', data: 'same id' },
]

test('events are read the same however the network cuts them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length })), (cuts) => {
      const read = createEventReader()
      const edges = [0, ...cuts.sort((a, b) => a - b), STREAM.length]
      const events = edges.slice(1).flatMap((end, index) => read(STREAM.slice(edges[index], end)))
      expect(events).toEqual(EVENTS)
    }),
  )
})

test('an event that was cut off is not given out', () => {
  expect(createEventReader()('id: a\ndata: half')).toEqual([])
})
