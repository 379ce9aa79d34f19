import { describe, expect, test } from 'vitest'
import type { Bus, BusMessage, Outcome } from '#platform/bus/port.ts'
import type { Topic } from '#platform/bus/topics.ts'
import { createMetrics } from '#platform/metrics.ts'
import { aTopic, type BusUnderTest, busBench, eventually, firstTimes, numbered, recorder, upTo } from './bus-harness.ts'

/** What a worker may rely on, whichever adapter carries the bus: delivery, order, lag. */
export function busContract(subject: BusUnderTest): void {
  const { open } = busBench(subject)
  const consume = (bus: Bus, topic: Topic, group: string, handle: Parameters<Bus['subscribe']>[0]['handle'], maxBatch = 50) =>
    bus.subscribe({ topic: topic.name, group, maxBatch, handle })

  describe('delivery', () => {
    test('keeps the order of each key, however many publish at once', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      const keys = upTo(20).map((n) => `line-${n}`)
      const seen = recorder()
      await consume(bus, topic, 'order', seen.handle)

      await Promise.all(
        keys.map(async (key) => {
          for (const n of upTo(30)) await bus.publish(numbered(topic, [key], 1, n))
        }),
      )

      await eventually(() => {
        for (const key of keys) expect(firstTimes(seen.handled, key)).toHaveLength(30)
      })
      for (const key of keys) expect(firstTimes(seen.handled, key)).toEqual(upTo(30))
    })

    test('one call of publish keeps its order too', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      const seen = recorder()
      await consume(bus, topic, 'one-call', seen.handle)

      await bus.publish(numbered(topic, ['a', 'b', 'c'], 200))

      await eventually(() => {
        for (const key of ['a', 'b', 'c']) expect(firstTimes(seen.handled, key)).toEqual(upTo(200))
      })
    })

    test('every group gets every message', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      const [first, second] = [recorder(), recorder()]
      await consume(bus, topic, 'fan-1', first.handle)
      await consume(bus, topic, 'fan-2', second.handle)

      await bus.publish(numbered(topic, ['a', 'b'], 50))

      await eventually(() => {
        for (const seen of [first, second]) for (const key of ['a', 'b']) expect(firstTimes(seen.handled, key)).toEqual(upTo(50))
      })
    })

    test('a group that comes late starts at the beginning', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      await bus.publish(numbered(topic, ['a'], 25))
      const late = recorder()

      await consume(bus, topic, 'late', late.handle)

      await eventually(() => expect(firstTimes(late.handled, 'a')).toEqual(upTo(25)))
    })

    test('values arrive as they were published', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      const value = { n: 1, text: 'مرحبا \u0000 \ud800 "quoted" \\ {1,2}', nested: [null, 1.5, { deep: true }] }
      let got: BusMessage | undefined
      const before = Date.now()
      await consume(bus, topic, 'values', async (messages) => {
        got = messages[0]
        return messages.map(() => ({ kind: 'done' }))
      })

      await bus.publish([{ topic: topic.name, key: 'clé "1"', value }])

      await eventually(() => expect(got).toMatchObject({ topic: topic.name, key: 'clé "1"', value, attempt: 1 }))
      expect(Math.abs((got?.publishedAt.getTime() ?? 0) - before)).toBeLessThan(60_000)
    })

    test('a handler never gets more than it asked for', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      await bus.publish(numbered(topic, ['a', 'b', 'c', 'd', 'e'], 20))
      const sizes: number[] = []
      await consume(
        bus,
        topic,
        'small',
        async (messages) => {
          sizes.push(messages.length)
          return messages.map(() => ({ kind: 'done' }))
        },
        7,
      )

      await eventually(() => expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThanOrEqual(100))
      expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
    })

    test('stopping lets the running batch finish, and the next consumer goes on after it', async () => {
      const topic = aTopic(1)
      const bus = await open([topic])
      await bus.publish(numbered(topic, ['a'], 10))
      const first = recorder()
      let release = () => {}
      const gate = new Promise<void>((resolve) => {
        release = resolve
      })
      let isIn = false
      const subscription = await consume(
        bus,
        topic,
        'stopping',
        async (messages, signal) => {
          isIn = true
          await gate
          return first.handle(messages, signal)
        },
        4,
      )
      await eventually(() => expect(isIn).toBe(true))

      const stopped = subscription.stop()
      release()
      await stopped
      const second = recorder()
      await consume(bus, topic, 'stopping', second.handle)

      await eventually(() => expect([...first.of('a'), ...second.of('a')]).toEqual(upTo(10)))
      expect(first.handled.length).toBeGreaterThan(0)
    })

    test('members come and go while messages flow: nothing is lost, nothing is reordered', async () => {
      const topic = aTopic()
      const bus = await open([topic])
      const keys = upTo(12).map((n) => `k${n}`)
      const all: { key: string; n: number }[] = []
      const remember = async (messages: readonly BusMessage[]): Promise<Outcome[]> => {
        for (const { key, value } of messages) all.push({ key, n: (value as { n: number }).n })
        return messages.map(() => ({ kind: 'done' }))
      }
      const publishing = (async () => {
        for (const n of upTo(60)) await bus.publish(numbered(topic, keys, 1, n))
      })()
      await consume(bus, topic, 'moving', remember)
      const second = await consume(bus, topic, 'moving', remember)
      await eventually(() => expect(all.length).toBeGreaterThan(100))
      await consume(bus, topic, 'moving', remember)
      await second.stop()
      await publishing

      await eventually(() => {
        for (const key of keys) expect(firstTimes(all, key)).toEqual(upTo(60))
      }, 60_000)
    })

    test('lag counts what is published and not handled', async () => {
      const topic = aTopic(6, ['lagging'])
      const bus = await open([topic])
      const lag = async () => (await bus.lag()).find(({ group }) => group === 'lagging')

      await bus.publish(numbered(topic, ['a', 'b', 'c'], 10))
      expect(await lag()).toEqual({ topic: topic.name, group: 'lagging', messages: 30, parked: 0 })
      await consume(bus, topic, 'lagging', recorder().handle)

      await eventually(async () => expect(await lag()).toMatchObject({ messages: 0, parked: 0 }))
    })
  })

  test('tells Prometheus what it carries, and what waits', async () => {
    const topic = aTopic(2)
    const metrics = createMetrics({ defaults: false })
    const bus = await open([topic], { metrics, timing: { lagMs: 50 } })
    const measured = async (name: string, labels: Record<string, string>) => {
      const { values } = (await metrics.registry.getSingleMetric(name)?.get()) ?? { values: [] }
      return values.find((one) => Object.entries(labels).every(([label, value]) => one.labels[label] === value))?.value
    }
    await bus.publish(numbered(topic, ['a'], 3))
    const group = 'counted'
    await consume(bus, topic, group, recorder((_, n) => (n === 3 ? { kind: 'never', reason: 'broken' } : { kind: 'done' })).handle)

    await eventually(async () => {
      expect(await measured('weft_bus_published_total', { topic: topic.name })).toBe(3)
      expect(await measured('weft_bus_consumed_total', { group, outcome: 'done' })).toBe(2)
      expect(await measured('weft_bus_consumed_total', { group, outcome: 'never' })).toBe(1)
      expect(await measured('weft_bus_handler_seconds', { group })).toBeGreaterThan(0)
      expect(await measured('weft_bus_lag_messages', { topic: topic.name, group })).toBe(0)
      expect(await measured('weft_bus_parked_messages', { topic: topic.name, group })).toBe(1)
    })
  })
}
