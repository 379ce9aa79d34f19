import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useDatabase } from '#tests/setup/database.ts'
import { systemClock } from '../clock.ts'
import { defineEvent, eventOf } from '../events.ts'
import { fromUuid, type Id, newId, toUuid } from '../ids.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'
import { handleTimers } from './handler.ts'
import { type RunningTimers, startTimers } from './runner.ts'
import { cancel, defineTimer, schedule, timerOf } from './timers.ts'

const database = useDatabase()
const Rename = defineTimer('contact.rename', 'contact', z.object({ name: z.string() }))
const Renamed = defineEvent('contact.renamed', z.object({ contactId: z.string() }), (payload) => payload.contactId)

/** Renames contacts, as a module would: locked ones are busy, overtaken timers do nothing. */
const rename = handleTimers(Rename, async (tx, timers) => {
  const poisoned = timers.find((timer) => timer.payload.name === 'poison')
  if (poisoned) throw new Error('this one can not be handled')
  const rows = await tx.sql<{ id: string; tenant_id: string; version: number }>(
    'select id, tenant_id, version from contacts where tenant_id = any ($1::uuid[]) and id = any ($2::uuid[]) for update skip locked',
    [tx.tenantIds.map(toUuid), timers.map((timer) => toUuid(timer.objectId))],
  )
  const versions = new Map(rows.map((row) => [fromUuid('contact', row.id), row.version]))
  const valid = timers.filter((timer) => versions.get(timer.objectId) === timer.version)
  await tx.sql(
    "update contacts c set name = coalesce(c.name, '') || u.name from unnest($1::uuid[], $2::uuid[], $3::text[]) as u(tenant_id, id, name) where c.tenant_id = u.tenant_id and c.id = u.id",
    [valid.map((timer) => toUuid(timer.tenantId)), valid.map((timer) => toUuid(timer.objectId)), valid.map((timer) => timer.payload.name)],
  )
  return {
    events: valid.map((timer) => eventOf(Renamed, timer.tenantId, { contactId: timer.objectId })),
    busy: timers.filter((timer) => !versions.has(timer.objectId)).map((timer) => timer.objectId),
  }
})

let tenantId: Id<'tenant'>
let running: RunningTimers[]
beforeEach(async () => {
  tenantId = newId('tenant')
  running = []
  await database.worker.pool.query('delete from bus.timers')
})
afterEach(async () => {
  await Promise.all(running.map((timers) => timers.stop()))
})

const run = (batch?: number) => {
  const log = createLog({ level: 'silent', process: 'test' })
  const timers = startTimers({
    database: database.worker,
    clock: systemClock,
    log,
    metrics: createMetrics({ defaults: false }),
    handlers: [rename],
    batch,
  })
  running.push(timers)
  return timers
}

function asWeb<T>(work: Parameters<typeof database.web.tenantTransaction<T>>[2]): Promise<T> {
  return database.web.tenantTransaction(tenantId, systemClock, work)
}
const aContact = async (version = 1): Promise<Id<'contact'>> => {
  const contactId = newId('contact')
  await asWeb((tx) => tx.prisma.contact.create({ data: { tenantId: toUuid(tenantId), id: toUuid(contactId), name: '', version } }))
  return contactId
}
const nameOf = (contactId: Id<'contact'>) =>
  asWeb(async (tx) => (await tx.prisma.contact.findFirst({ where: { tenantId: toUuid(tenantId), id: toUuid(contactId) } }))?.name)
const timer = (objectId: Id<'contact'>, name: string, options: { inMs?: number; version?: number } = {}) =>
  timerOf(Rename, {
    tenantId,
    objectId,
    dueAt: new Date(Date.now() + (options.inMs ?? -1)),
    version: options.version ?? 1,
    payload: { name },
  })
const left = async () => (await database.worker.pool.query('select object_id from bus.timers')).rowCount

test('what is due takes effect once, together with its event, and what is not waits', async () => {
  const [due, later] = [await aContact(), await aContact()]
  await asWeb((tx) => schedule(tx, [timer(due, 'x'), timer(later, 'x', { inMs: 60_000 })]))
  run()
  await expect.poll(() => nameOf(due)).toBe('x')
  expect(await nameOf(later)).toBe('')
  expect(await left()).toBe(1)
  const { rows } = await database.worker.pool.query('select payload from bus.outbox where tenant_id = $1', [toUuid(tenantId)])
  expect(rows).toEqual([{ payload: { contactId: due } }])
})

test('one timer of a kind per object: the newer takes the place of the older, and either can be taken back', async () => {
  const [moved, cancelled] = [await aContact(), await aContact()]
  await asWeb((tx) => schedule(tx, [timer(moved, 'old'), timer(cancelled, 'x')]))
  await asWeb(async (tx) => {
    await schedule(tx, [timer(moved, 'overwritten'), timer(moved, 'new')])
    await cancel(tx, Rename, [{ tenantId, objectId: cancelled }])
  })
  run()
  await expect.poll(() => nameOf(moved)).toBe('new')
  expect(await nameOf(cancelled)).toBe('')
})

test('a timer whose object has moved on does nothing', async () => {
  const contactId = await aContact(2)
  await asWeb((tx) => schedule(tx, [timer(contactId, 'x', { version: 1 })]))
  run()
  await expect.poll(left).toBe(0)
  expect(await nameOf(contactId)).toBe('')
})

test('somebody who holds the object and sets its timer anew meets no deadlock', async () => {
  const contactId = await aContact()
  await asWeb((tx) => schedule(tx, [timer(contactId, 'x')]))
  await asWeb(async (tx) => {
    await tx.sql('select id from contacts where tenant_id = $1::uuid and id = $2::uuid for update', [toUuid(tenantId), toUuid(contactId)])
    run()
    const polls = () => database.worker.pool.query("select 1 from pg_stat_activity where query like '%from bus.timers t where%'")
    await expect.poll(async () => (await polls()).rowCount).toBeGreaterThan(0)
    await schedule(tx, [timer(contactId, 'y')])
  })
  await expect.poll(() => nameOf(contactId)).toBe('y')
})

test('one that fails waits for its next try and holds nobody up', async () => {
  const contacts = await Promise.all(Array.from({ length: 7 }, () => aContact()))
  await asWeb((tx) =>
    schedule(
      tx,
      contacts.map((contactId, at) => timer(contactId, at === 3 ? 'poison' : 'x')),
    ),
  )
  run()
  await expect.poll(left).toBe(1)
  const names = await Promise.all(contacts.map(nameOf))
  expect(names).toEqual(['x', 'x', 'x', '', 'x', 'x', 'x'])
  const { rows } = await database.worker.pool.query('select tries, failure, due_at > now() as waits from bus.timers')
  expect(rows).toMatchObject([{ failure: 'this one can not be handled', waits: true }])
  expect(rows[0].tries).toBeGreaterThanOrEqual(1)
})

test('several processes share the work and fire each timer once', async () => {
  const contacts = await Promise.all(Array.from({ length: 60 }, () => aContact()))
  await asWeb((tx) =>
    schedule(
      tx,
      contacts.map((contactId) => timer(contactId, 'x')),
    ),
  )
  const [one] = [run(7), run(7), run(7)]
  await expect.poll(left).toBe(0)
  expect(new Set(await Promise.all(contacts.map(nameOf)))).toEqual(new Set(['x']))
  expect(one?.unreadyReasons()).toEqual([])
})

test('a web process sets and takes back the timers of its own tenant only (I6)', async () => {
  const contactId = await aContact()
  const other = newId('tenant')
  await expect(asWeb((tx) => schedule(tx, [{ ...timer(contactId, 'x'), tenantId: other }]))).rejects.toThrow(/row-level security/)
  await database.worker.platformTransaction(systemClock, (tx) =>
    schedule(tx, [{ ...timer(contactId, 'x', { inMs: 60_000 }), tenantId: other }]),
  )
  expect(await asWeb((tx) => tx.sql('select * from bus.timers'))).toEqual([])
  await asWeb((tx) => cancel(tx, Rename, [{ tenantId: other, objectId: contactId }]))
  expect(await left()).toBe(1)
})
