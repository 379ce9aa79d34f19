import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useDatabase } from '#tests/setup/database.ts'
import { type Bus, type BusRecord, BusUnavailable } from '../bus/port.ts'
import { EventRecord } from '../bus/topics.ts'
import { systemClock } from '../clock.ts'
import { defineEvent, emit, eventOf } from '../events.ts'
import { type Id, newId } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { appendCommitted } from './append.ts'
import { startForwarder } from './forwarder.ts'
import { shardLease } from './lease.ts'

const database = useDatabase()
beforeEach(async () => {
  await database.worker.pool.query('delete from bus.log_sequencers')
  await database.worker.pool.query("update bus.log_shards set leased_until = '-infinity'")
})
const Noted = defineEvent('thing.noted', z.object({ thing: z.string(), n: z.number() }), (payload) => payload.thing)

/** Keeps what was published, and refuses on request, before or after taking the records. */
function recordingBus() {
  const records: BusRecord[] = []
  const refusals: ('before' | 'after')[] = []
  const publish: Bus['publish'] = async (batch) => {
    const refusal = refusals.shift()
    if (refusal !== 'before') records.push(...batch)
    if (refusal) throw new BusUnavailable('on purpose')
  }
  return { bus: { publish } as Bus, records, refusals }
}

const note = (tenantId: Id<'tenant'>, thing: string, n: number) =>
  database.web.tenantTransaction(tenantId, systemClock, (tx) => emit(tx, [eventOf(Noted, tenantId, { thing, n })]))

test('every event reaches the bus in the order of its key, also when the bus fails on the way', async () => {
  const tenants = [newId('tenant'), newId('tenant'), newId('tenant')]
  const { bus, records, refusals } = recordingBus()
  refusals.push('before', 'after')
  const held = await shardLease(database.worker.pool, 10_000).renew()
  const options = {
    database: database.worker,
    bus,
    log: createLog({ level: 'silent', process: 'test' }),
    metrics: createMetrics({ defaults: false }),
  }
  const forwarder = startForwarder({ ...options, perShard: 2 })
  forwarder.wake(held)
  for (let n = 1; n <= 6; n++) for (const tenantId of tenants) await note(tenantId, `of-${tenantId}`, n)
  await appendCommitted(database.worker.pool, held, 500)
  forwarder.wake(held)

  const lag = 'select sum(s.position - c.position)::int as n from bus.log_shards s join bus.log_cursors c on c.shard = s.shard'
  await expect.poll(async () => (await database.worker.pool.query(lag)).rows[0], { timeout: 10_000 }).toEqual({ n: 0 })
  await forwarder.stop()
  expect(forwarder.unreadyReasons()).toEqual([])
  for (const tenantId of tenants) {
    const seen = records.filter((record) => record.key === `of-${tenantId}`).map((record) => EventRecord.parse(record.value))
    expect(seen.length, 'what was refused after it had been taken comes again').toBeGreaterThanOrEqual(6)
    const firstTimes = seen.filter((record, at) => seen.findIndex((other) => other.id === record.id) === at)
    expect(firstTimes.map((record) => record.sequence)).toEqual([1, 2, 3, 4, 5, 6])
    expect(firstTimes.every((record) => record.tenantId === tenantId && record.type === 'thing.noted')).toBe(true)
  }
  expect(records.every((record) => record.topic === 'events')).toBe(true)
})

test('a replaced process can not move the cursor, and soon falls silent', async () => {
  const tenantId = newId('tenant')
  const former = await shardLease(database.worker.pool, 0).renew()
  const heir = await shardLease(database.worker.pool, 10_000).renew()
  await note(tenantId, 'a', 1)
  await appendCommitted(database.worker.pool, heir, 500)
  const { bus, records } = recordingBus()
  const forwarder = startForwarder({
    database: database.worker,
    bus,
    log: createLog({ level: 'silent', process: 'test' }),
    metrics: createMetrics({ defaults: false }),
  })
  forwarder.wake(former)
  await expect.poll(() => records.length).toBe(1)
  forwarder.wake(former)
  await expect.poll(() => records.length, { message: 'published once for each time it thinks the shard is its own' }).toBe(2)
  await forwarder.stop()
  const { rows } = await database.worker.pool.query(
    'select sum(s.position - c.position)::int as n from bus.log_shards s join bus.log_cursors c on c.shard = s.shard',
  )
  expect(rows).toEqual([{ n: 1 }])
})
