import { describe, expect, test } from 'vitest'
import { heldClock, monotonicMs } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { startProxy, throughProxy } from '#tests/setup/tcp-proxy.ts'
import { busContract } from '#tests/suites/bus-contract.ts'
import { aTopic, type BusUnderTest, busBench, eventually, firstTimes, numbered, recorder, upTo } from '#tests/suites/bus-harness.ts'
import { busParkingContract } from '#tests/suites/bus-parking.ts'
import { busProcessContract } from '#tests/suites/bus-processes.ts'
import { BusRefused, BusUnavailable } from './port.ts'

const database = useDatabase()
const subject: BusUnderTest = {
  database: () => database.worker,
  databaseUrl: () => database.urls.worker,
  provision: async () => undefined,
  timing: { pollMs: 50, leaseMs: 1_500, heartbeatMs: 300, rebalanceMs: 200, parkDelaysMs: [150, 300], backoffMs: [50, 200] },
  takeoverMs: 1_500,
}

busContract(subject)
busParkingContract(subject)
busProcessContract(subject)

describe('on PostgreSQL', () => {
  const { open } = busBench(subject)
  const inHours = (hours: number) => heldClock(new Date(Date.now() + hours * 3_600_000))
  const positionsOf = async (topic: string) => {
    const { rows } = await database.worker.pool.query<{ position: number }>(
      'select position from bus.records join bus.partitions using (log_id) where topic = $1 order by partition, position',
      [topic],
    )
    return rows.map((row) => row.position)
  }

  test('positions are dense, and no two processes give the same one', async () => {
    const topic = aTopic(1)
    const buses = await Promise.all([open([topic]), open([topic]), open([topic])])
    await Promise.all(buses.flatMap((bus, at) => upTo(40).map((n) => bus.publish(numbered(topic, [`k${at}`], 1, n)))))
    expect(await positionsOf(topic.name)).toEqual(upTo(120))
  })

  test('retention deletes what is old and handled by every group', async () => {
    const topic = aTopic(2, ['keeps-up', 'never-ran'])
    const timing = { housekeepingMs: 50 }
    const bus = await open([topic], { clock: inHours(2), timing })
    await bus.publish(numbered(topic, ['a', 'b'], 10))
    const seen = recorder()
    await bus.subscribe({ topic: topic.name, group: 'keeps-up', maxBatch: 50, handle: seen.handle })
    await eventually(() => expect(seen.handled).toHaveLength(20))
    // The declared group has no member yet and still holds everything.
    const late = recorder()
    await bus.subscribe({ topic: topic.name, group: 'never-ran', maxBatch: 50, handle: late.handle })

    await eventually(() => expect(late.handled).toHaveLength(20))
    await eventually(async () => expect(await positionsOf(topic.name)).toEqual([]))
    const afterwards = recorder()
    await bus.subscribe({ topic: topic.name, group: 'new', maxBatch: 50, handle: afterwards.handle })
    await bus.publish(numbered(topic, ['a'], 2, 11))
    await eventually(() => expect(afterwards.of('a')).toEqual([11, 12]))
  })

  test('retention leaves what is young, and what one group has not handled', async () => {
    const held = aTopic(1, ['stuck'])
    const young = { ...aTopic(1), retentionHours: 24 }
    const swept = aTopic(1)
    const bus = await open([held, young, swept], { clock: inHours(2), timing: { housekeepingMs: 50 } })
    const seen = recorder()
    for (const topic of [held, young, swept]) {
      await bus.subscribe({ topic: topic.name, group: `reads-${topic.name}`, maxBatch: 50, handle: seen.handle })
      await bus.publish(numbered(topic, ['a'], 5))
      await eventually(async () => expect((await bus.lag()).find(({ group }) => group === `reads-${topic.name}`)?.messages).toBe(0))
    }

    // Topics are swept in their order, so the first two have had their turn when the last one is empty.
    await eventually(async () => expect(await positionsOf(swept.name)).toEqual([]))
    expect(await positionsOf(held.name)).toEqual(upTo(5))
    expect(await positionsOf(young.name)).toEqual(upTo(5))
  })

  test('a topic never changes its number of partitions', async () => {
    const topic = aTopic(3)
    await open([topic])
    await expect(open([{ ...topic, partitions: 4 }])).rejects.toThrow(BusRefused)
  })

  test('a group reads one topic', async () => {
    const [one, two] = [aTopic(1, ['taken']), aTopic(1)]
    const bus = await open([one, two])
    await expect(bus.subscribe({ topic: two.name, group: 'taken', maxBatch: 1, handle: recorder().handle })).rejects.toThrow(BusRefused)
  })

  test('the web process can read neither records nor what is parked', async () => {
    for (const table of ['partitions', 'records', 'cursors', 'members', 'parked_keys', 'parked_messages']) {
      await expect(database.web.pool.query(`select from bus.${table}`)).rejects.toThrow('permission denied')
    }
  })

  test('when the database does not answer a publish is refused at its deadline; afterwards all goes on', async () => {
    const { hostname, port } = new URL(database.urls.worker)
    const proxy = await startProxy({ host: hostname, port: Number(port) })
    const behind = await openDatabase({ url: throughProxy(database.urls.worker, proxy), role: 'weft_worker', poolSize: 3 })
    try {
      const topic = aTopic(2)
      const bus = await open([topic], { database: behind })
      const seen = recorder()
      const subscription = await bus.subscribe({ topic: topic.name, group: 'outage', maxBatch: 50, handle: seen.handle })
      await bus.publish(numbered(topic, ['k'], 3))
      await eventually(() => expect(seen.of('k')).toEqual(upTo(3)))

      proxy.freeze()
      const started = monotonicMs()
      await expect(bus.publish(numbered(topic, ['k'], 1, 4))).rejects.toThrow(BusUnavailable)
      expect(monotonicMs() - started).toBeLessThan(6_000)
      await eventually(() => expect(subscription.isHealthy()).toBe(false))
      proxy.restore()

      await eventually(() => bus.publish(numbered(topic, ['k'], 1, 5)))
      await eventually(() => expect(firstTimes(seen.handled, 'k').filter((n) => n !== 4)).toEqual([1, 2, 3, 5]))
      expect(subscription.isHealthy()).toBe(true)
      await bus.close()
    } finally {
      await behind.close()
      await proxy.close()
    }
  })
})
