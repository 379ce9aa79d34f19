import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { DatabaseRefused, openDatabase } from './database.ts'
import { sqlState } from './sql.ts'

const database = useDatabase()

async function aContactOf(tenantId: Id<'tenant'>): Promise<string> {
  const id = toUuid(newId('contact'))
  await database.worker.batchTransaction([tenantId], systemClock, (tx) =>
    tx.sql('insert into contacts (tenant_id, id, name) values ($1, $2, $3)', [toUuid(tenantId), id, 'Sara']),
  )
  return id
}

test('a tenant sees its own rows, by Prisma and by SQL, whatever the query asks for', async () => {
  const [own, neighbour] = [newId('tenant'), newId('tenant')]
  const contact = await aContactOf(own)
  await aContactOf(neighbour)
  const byPrisma = await database.web.tenantTransaction(own, systemClock, (tx) => tx.prisma.contact.findMany())
  expect(byPrisma.map((row) => row.id)).toEqual([contact])
  const bySql = await database.web.tenantTransaction(own, systemClock, (tx) => tx.sql('select id from contacts'))
  expect(bySql).toEqual([{ id: contact }])
})

test('a batch sees exactly the tenants it lists', async () => {
  const [a, b, neighbour] = [newId('tenant'), newId('tenant'), newId('tenant')]
  for (const tenant of [a, b, neighbour]) await aContactOf(tenant)
  const seen = await database.worker.batchTransaction([a, b], systemClock, (tx) =>
    tx.sql<{ tenant_id: string }>('select tenant_id from contacts'),
  )
  expect(seen.map((row) => row.tenant_id).sort()).toEqual([toUuid(a), toUuid(b)].sort())
})

test('writing a row of another tenant is refused', async () => {
  const [own, neighbour] = [newId('tenant'), newId('tenant')]
  const write = database.web.tenantTransaction(own, systemClock, (tx) =>
    tx.sql('insert into contacts (tenant_id, id) values ($1::uuid, $2::uuid)', [toUuid(neighbour), toUuid(newId('contact'))]),
  )
  await expect(write.catch((error: unknown) => sqlState(error))).resolves.toBe('42501')
})

test('without a tenant the tables raise, they do not look empty; also on a connection that had one before', async () => {
  const tenant = newId('tenant')
  await aContactOf(tenant)
  for (let again = 0; again < 12; again++) {
    await database.web.tenantTransaction(tenant, systemClock, (tx) => tx.prisma.contact.count())
    await expect(database.web.platformTransaction(systemClock, (tx) => tx.sql('select 1 from contacts'))).rejects.toThrow()
  }
})

test('a deadlock runs the transaction again instead of failing', async () => {
  const tenant = newId('tenant')
  const [first, second] = [await aContactOf(tenant), await aContactOf(tenant)]
  let runs = 0
  let bothHold: () => void = () => undefined
  const held = new Promise<void>((resolve) => {
    bothHold = resolve
  })
  const crossing = (one: string, other: string) =>
    database.worker.batchTransaction([tenant], systemClock, async (tx) => {
      await tx.sql('update contacts set version = version + 1 where tenant_id = $1 and id = $2', [toUuid(tenant), one])
      if (++runs === 2) bothHold()
      await held
      await tx.sql('update contacts set version = version + 1 where tenant_id = $1 and id = $2', [toUuid(tenant), other])
    })
  await Promise.all([crossing(first, second), crossing(second, first)])
  expect(runs).toBeGreaterThan(2)
  const rows = await database.web.tenantTransaction(tenant, systemClock, (tx) => tx.prisma.contact.findMany())
  expect(rows.map((row) => row.version)).toEqual([3, 3])
})

test.each([
  ['a superuser', () => database.urls.superuser],
  ['the owner of the tables', () => database.urls.owner],
])('start-up refuses %s and says what to do', async (_who, url) => {
  const open = openDatabase({ url: url(), role: 'weft_web', poolSize: 1 })
  await expect(open).rejects.toThrow(DatabaseRefused)
  await expect(openDatabase({ url: url(), role: 'weft_web', poolSize: 1 })).rejects.toThrow(/DATABASE_URL connects as .* weft -- db roles/)
})

test('the worker’s role is refused where web’s is asked for', async () => {
  await expect(openDatabase({ url: database.urls.worker, role: 'weft_web', poolSize: 1 })).rejects.toThrow(/is not weft_web/)
})
