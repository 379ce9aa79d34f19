import { beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useDatabase } from '#tests/setup/database.ts'
import { systemClock } from '../clock.ts'
import { defineEvent, emit, eventOf } from '../events.ts'
import { type Id, newId, toUuid } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { appendCommitted } from './append.ts'
import { type HeldShard, shardLease } from './lease.ts'
import { observeEventLog } from './observe.ts'
import { readHead, readLog } from './reader.ts'
import { forgetOldEntries } from './retention.ts'
import { startSequencer } from './sequencer.ts'
import { EVENT_LOG_SHARDS, shardOf } from './shards.ts'

const database = useDatabase()
const Noted = defineEvent('thing.noted', z.object({ thing: z.string(), n: z.number() }), (payload) => payload.thing)

const note = (tenantId: Id<'tenant'>, thing: string, n: number) =>
  database.web.tenantTransaction(tenantId, systemClock, (tx) => emit(tx, [eventOf(Noted, tenantId, { thing, n })]))
const read = (tenantId: Id<'tenant'>, after = 0, limit = 100) =>
  database.web.tenantRead(tenantId, systemClock, (tx) => readLog(tx, tenantId, after, limit))
const append = (held: readonly HeldShard[], perShard = 500) => appendCommitted(database.worker.pool, held, perShard)

let tenantId: Id<'tenant'>
let neighbour: Id<'tenant'>
beforeEach(async () => {
  tenantId = newId('tenant')
  neighbour = newId('tenant')
  await database.worker.pool.query('delete from bus.log_sequencers')
  await database.worker.pool.query("update bus.log_shards set holder = null, leased_until = '-infinity'")
})

test('a committed event appears in the log of its tenant, in order and without holes', async () => {
  const held = await shardLease(database.worker.pool, 3_000).renew()
  for (let n = 1; n <= 5; n++) await note(tenantId, 'a', n)
  await note(neighbour, 'b', 1)
  expect(await append(held)).toMatchObject({ moved: 6 })
  const page = await read(tenantId)
  expect(page).toMatchObject({ kind: 'entries', head: 5 })
  if (page.kind !== 'entries') throw new Error('unreachable')
  expect(page.entries.map((entry) => [entry.sequence, entry.type, entry.key, entry.payload])).toEqual(
    [1, 2, 3, 4, 5].map((n) => [n, 'thing.noted', 'a', { thing: 'a', n }]),
  )
  expect(page.entries.every((entry) => entry.tenantId === tenantId)).toBe(true)
})

test('what was rolled back never happened', async () => {
  const held = await shardLease(database.worker.pool, 3_000).renew()
  const work = database.web.tenantTransaction(tenantId, systemClock, async (tx) => {
    await emit(tx, [eventOf(Noted, tenantId, { thing: 'a', n: 1 })])
    throw new Error('changed our mind')
  })
  await expect(work).rejects.toThrow('changed our mind')
  await append(held)
  expect(await read(tenantId)).toEqual({ kind: 'entries', entries: [], head: 0 })
})

test('an event whose transaction took longer than later ones is not passed by', async () => {
  const held = await shardLease(database.worker.pool, 3_000).renew()
  await database.worker.batchTransaction([tenantId], systemClock, async (slow) => {
    await emit(slow, [eventOf(Noted, tenantId, { thing: 'slow', n: 1 })])
    await note(tenantId, 'quick', 1)
    await append(held)
  })
  await append(held)
  const page = await read(tenantId)
  expect(page.kind === 'entries' && page.entries.map((entry) => entry.key)).toEqual(['quick', 'slow'])
})

test('who froze and was replaced writes nothing any more', async () => {
  const frozen = await shardLease(database.worker.pool, 0).renew()
  const heir = await shardLease(database.worker.pool, 3_000).renew()
  expect(heir.map(({ shard }) => shard)).toEqual(frozen.map(({ shard }) => shard))
  await note(tenantId, 'a', 1)
  expect(await append(frozen)).toMatchObject({ moved: 0 })
  expect(await append(heir)).toMatchObject({ moved: 1 })
})

test('processes share the shards, and hand over at once when one leaves', async () => {
  const [one, two] = [shardLease(database.worker.pool, 3_000), shardLease(database.worker.pool, 3_000)]
  expect(await one.renew()).toHaveLength(EVENT_LOG_SHARDS)
  expect(await two.renew()).toHaveLength(0)
  expect(await one.renew()).toHaveLength(EVENT_LOG_SHARDS / 2)
  expect(await two.renew()).toHaveLength(EVENT_LOG_SHARDS / 2)
  await one.release()
  expect(await two.renew()).toHaveLength(EVENT_LOG_SHARDS)
})

test('the shard computed in code is the one computed by the database', async () => {
  const tenants = Array.from({ length: 100 }, () => newId('tenant'))
  const { rows } = await database.worker.pool.query<{ shard: number }>(
    `with there as (
       insert into bus.outbox (event_id, tenant_id, type, key, payload, depth)
       select t, t, 'x', 'x', '{}', 0 from unnest($1::uuid[]) with ordinality as u(t, n) order by n returning id, shard)
     select shard from there order by id`,
    [tenants.map(toUuid)],
  )
  await database.worker.pool.query("delete from bus.outbox where type = 'x'")
  expect(rows.map((row) => row.shard)).toEqual(tenants.map(shardOf))
})

test('a reader that was away longer than the retention is told to start afresh', async () => {
  const held = await shardLease(database.worker.pool, 3_000).renew()
  for (let n = 1; n <= 4; n++) await note(tenantId, 'a', n)
  await append(held)
  const pool = database.worker.pool
  const shards = [shardOf(tenantId)]
  await pool.query(
    `update bus.log l set sequenced_at = l.sequenced_at - interval '73 hours'
     from bus.log second where second.tenant_id = $1 and second.sequence = 2 and l.shard = second.shard and l.position <= second.position`,
    [toUuid(tenantId)],
  )
  expect(await forgetOldEntries(pool, shards, 72), 'the forwarder has not passed yet').toBe(0)
  await pool.query('update bus.log_cursors c set position = s.position from bus.log_shards s where s.shard = c.shard')
  expect(await forgetOldEntries(pool, shards, 72)).toBeGreaterThanOrEqual(2)
  expect(await read(tenantId, 0)).toEqual({ kind: 'gone', head: 4 })
  expect(await read(tenantId, 1)).toEqual({ kind: 'gone', head: 4 })
  expect(await read(tenantId, 2)).toMatchObject({ kind: 'entries', head: 4 })
  expect(await read(tenantId, 4)).toEqual({ kind: 'entries', entries: [], head: 4 })
  expect(await read(tenantId, 5), 'a place never given').toEqual({ kind: 'gone', head: 4 })
})

test('a web process sees its own tenant only, and not the outbox (I6)', async () => {
  const held = await shardLease(database.worker.pool, 3_000).renew()
  await note(tenantId, 'a', 1)
  await note(neighbour, 'b', 1)
  await append(held)
  const asTenant = <T>(sql: string) => database.web.tenantTransaction(tenantId, systemClock, (tx) => tx.sql<T>(sql))
  expect(await asTenant('select distinct tenant_id from bus.log')).toEqual([{ tenant_id: toUuid(tenantId) }])
  expect(await asTenant('select sequence from bus.log_heads')).toEqual([{ sequence: 1 }])
  await expect(asTenant('select * from bus.outbox')).rejects.toThrow(/permission denied/)
  const reading = database.web.tenantRead(tenantId, systemClock, (tx) => tx.sql('select distinct tenant_id from bus.log'))
  expect(await reading).toEqual([{ tenant_id: toUuid(tenantId) }])
  await expect(asTenant('delete from bus.log')).rejects.toThrow(/permission denied/)
  const forOther = database.web.tenantTransaction(tenantId, systemClock, (tx) =>
    emit(tx, [eventOf(Noted, neighbour, { thing: 'x', n: 1 })]),
  )
  await expect(forOther).rejects.toThrow(/row-level security/)
  await expect(database.web.platformTransaction(systemClock, (tx) => tx.sql('select * from bus.log'))).rejects.toThrow()
  const writing = database.web.tenantRead(tenantId, systemClock, (tx) => emit(tx, [eventOf(Noted, tenantId, { thing: 'x', n: 1 })]))
  await expect(writing).rejects.toThrow(/read-only transaction/)
})

test('the outbox, the forwarder and their delays are measured', async () => {
  const metrics = createMetrics({ defaults: false })
  await note(tenantId, 'a', 1)
  await observeEventLog(database.worker.pool, metrics)
  expect(await metrics.registry.metrics()).toMatch(/weft_outbox_depth 1\n/)
  const sequencer = startSequencer({ database: database.worker, log: createLog({ level: 'silent', process: 'test' }), metrics })
  await expect.poll(() => database.web.tenantTransaction(tenantId, systemClock, (tx) => readHead(tx, tenantId))).toBe(1)
  expect(sequencer.unreadyReasons()).toEqual([])
  await sequencer.stop()
  await observeEventLog(database.worker.pool, metrics)
  const text = await metrics.registry.metrics()
  expect(text).toMatch(/weft_outbox_depth 0\n/)
  expect(text).toMatch(/weft_log_events_total 1\n/)
  expect(text).toMatch(/weft_outbox_wait_seconds_count 1\n/)
})
