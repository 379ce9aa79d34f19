import { describe, expect, test } from 'vitest'
import type { Bus } from '#platform/bus/port.ts'
import type { Topic } from '#platform/bus/topics.ts'
import { aTopic, type BusUnderTest, busBench, eventually, firstTimes, numbered, recorder, upTo } from './bus-harness.ts'

/** What becomes of messages that can't be handled: tried again in order, kept for a person, overtaken by none of their key. */
export function busParkingContract(subject: BusUnderTest): void {
  const { open } = busBench(subject)
  const consume = (bus: Bus, topic: Topic, group: string, handle: Parameters<Bus['subscribe']>[0]['handle'], maxBatch = 50) =>
    bus.subscribe({ topic: topic.name, group, maxBatch, handle })

  describe('failure of one message', () => {
    test('what fails is tried again in order while other keys go on', async () => {
      const topic = aTopic(1)
      const bus = await open([topic])
      const seen = recorder((message, n) =>
        message.key === 'bad' && n === 1 && message.attempt < 3 ? { kind: 'later', reason: 'not yet' } : { kind: 'done' },
      )
      await consume(bus, topic, 'parking', seen.handle)

      await bus.publish(numbered(topic, ['bad', 'good'], 5))
      await eventually(() => expect(firstTimes(seen.done(), 'good')).toEqual(upTo(5)))
      await eventually(() => expect(firstTimes(seen.done(), 'bad')).toEqual(upTo(5)))

      expect(seen.handled.filter(({ key, n }) => key === 'bad' && n === 1).map(({ attempt }) => attempt)).toEqual([1, 2, 3])
      await eventually(async () => expect(await bus.parked.list({ group: 'parking', limit: 10 })).toEqual([]))
      await bus.publish(numbered(topic, ['bad'], 3, 6))
      await eventually(() => expect(firstTimes(seen.done(), 'bad')).toEqual(upTo(8)))
    })

    test('what waits is listed with its reason, and counted apart from lag', async () => {
      const topic = aTopic(2)
      const bus = await open([topic])
      await consume(
        bus,
        topic,
        'listed',
        recorder((_, n) => (n === 1 ? { kind: 'never', reason: 'no such thing' } : { kind: 'done' })).handle,
      )

      await bus.publish(numbered(topic, ['k'], 3))

      await eventually(async () => {
        const waiting = await bus.parked.list({ group: 'listed', limit: 10 })
        expect(waiting).toMatchObject([
          { group: 'listed', topic: topic.name, key: 'k', attempt: 1, reason: 'no such thing', dueAt: null },
          { key: 'k', attempt: 0, dueAt: null },
          { key: 'k', attempt: 0, dueAt: null },
        ])
        expect((await bus.lag()).find(({ group }) => group === 'listed')).toMatchObject({ messages: 0, parked: 3 })
      })
      expect(await bus.parked.list({ group: 'listed', limit: 1 })).toHaveLength(1)
      expect(await bus.parked.list({ group: 'another', limit: 10 })).toEqual([])
    })

    test('never waits for a person; a replay lets the key go on in order', async () => {
      const topic = aTopic(1)
      const bus = await open([topic])
      let isRepaired = false
      const seen = recorder((_, n) => (n === 1 && !isRepaired ? { kind: 'never', reason: 'broken' } : { kind: 'done' }))
      await consume(bus, topic, 'replay', seen.handle)
      await bus.publish(numbered(topic, ['k'], 4))
      const [head] = await eventually(async () => {
        const waiting = await bus.parked.list({ group: 'replay', limit: 10 })
        expect(waiting).toHaveLength(4)
        return waiting
      })

      expect(await bus.parked.replay(head?.id ?? '')).toBe(true)
      await eventually(async () =>
        expect((await bus.parked.list({ group: 'replay', limit: 1 }))[0]).toMatchObject({ attempt: 2, dueAt: null }),
      )
      isRepaired = true
      expect(await bus.parked.replay(head?.id ?? '')).toBe(true)

      await eventually(() => expect(firstTimes(seen.done(), 'k')).toEqual(upTo(4)))
      await eventually(async () => expect(await bus.parked.replay(head?.id ?? '')).toBe(false))
      expect(await bus.parked.replay('nonsense')).toBe(false)
    })

    test('a person skips a message: who and when are kept, and the key goes on without it', async () => {
      const topic = aTopic(1)
      const bus = await open([topic])
      const seen = recorder((_, n) => (n === 1 ? { kind: 'never', reason: 'broken' } : { kind: 'done' }))
      await consume(bus, topic, 'skip', seen.handle)
      await bus.publish(numbered(topic, ['k'], 3))
      const [head] = await eventually(async () => {
        const waiting = await bus.parked.list({ group: 'skip', limit: 10 })
        expect(waiting).toHaveLength(3)
        return waiting
      })

      expect(await bus.parked.skip(head?.id ?? '', 'ada@example.com')).toBe(true)

      await eventually(() => expect(firstTimes(seen.done(), 'k')).toEqual([2, 3]))
      expect(await bus.parked.skip(head?.id ?? '', 'ada@example.com')).toBe(false)
      const kept = await subject.database().pool.query('select skipped_by, skipped_at from bus.parked_messages where id = $1', [head?.id])
      expect(kept.rows).toEqual([{ skipped_by: 'ada@example.com', skipped_at: expect.any(Date) }])
      await bus.publish(numbered(topic, ['k'], 1, 4))
      await eventually(() => expect(firstTimes(seen.done(), 'k')).toEqual([2, 3, 4]))
    })

    test('after the last try only a person unblocks the key', async () => {
      const topic = aTopic(1)
      const bus = await open([topic], { timing: { parkDelaysMs: [10] } })
      const seen = recorder(() => ({ kind: 'later', reason: 'never works' }))
      await consume(bus, topic, 'exhausted', seen.handle)
      await bus.publish(numbered(topic, ['k'], 1))

      await eventually(async () =>
        expect(await bus.parked.list({ group: 'exhausted', limit: 10 })).toMatchObject([{ attempt: 7, dueAt: null }]),
      )

      expect(seen.handled.map(({ attempt }) => attempt)).toEqual(upTo(7))
    })

    test('a handler that throws parks nothing: the batch comes again', async () => {
      const topic = aTopic(1)
      const bus = await open([topic])
      const seen = recorder()
      let failures = 0
      await consume(bus, topic, 'throwing', async (messages, signal) => {
        if (failures < 3) {
          failures++
          throw new Error('the world is down')
        }
        return seen.handle(messages, signal)
      })

      await bus.publish(numbered(topic, ['a', 'b'], 5))

      await eventually(() => {
        for (const key of ['a', 'b']) expect(firstTimes(seen.handled, key)).toEqual(upTo(5))
      })
      expect(await bus.parked.list({ group: 'throwing', limit: 10 })).toEqual([])
    })

    test('while keys are parked and drained by two members, no message overtakes another', async () => {
      const topic = aTopic(3)
      const [bus, other] = [
        await open([topic], { timing: { parkDelaysMs: [20] } }),
        await open([topic], { timing: { parkDelaysMs: [20] } }),
      ]
      const keys = ['a', 'b', 'c', 'd', 'e', 'f']
      const seen = recorder((message, n) =>
        n % 5 === 0 && message.attempt === 1 ? { kind: 'later', reason: 'every fifth' } : { kind: 'done' },
      )
      await consume(bus, topic, 'racing', seen.handle, 10)
      await consume(other, topic, 'racing', seen.handle, 10)

      for (const n of upTo(120)) await bus.publish(numbered(topic, keys, 1, n))

      await eventually(() => {
        for (const key of keys) expect(firstTimes(seen.done(), key)).toHaveLength(120)
      }, 60_000)
      for (const key of keys) expect(firstTimes(seen.done(), key)).toEqual(upTo(120))
      await eventually(async () => expect(await bus.parked.list({ group: 'racing', limit: 10 })).toEqual([]))
    })
  })
}
