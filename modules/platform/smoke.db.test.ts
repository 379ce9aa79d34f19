import { expect, test } from 'vitest'
import { newId, toUuid } from '#platform/ids.ts'
import { systemClock } from '#platform/clock.ts'
import { useDatabase } from '#tests/setup/database.ts'

const database = useDatabase()

test('a tenant sees its own rows only', async () => {
  const [a, b] = [newId('tenant'), newId('tenant')]
  await database.worker.batchTransaction([a, b], systemClock, async (tx) => {
    for (const tenant of [a, b]) await tx.sql('insert into contacts (tenant_id, id, name) values ($1, $2, $3)', [toUuid(tenant), toUuid(newId('contact')), 'x'])
  })
  const seen = await database.web.tenantTransaction(a, systemClock, (tx) => tx.prisma.contact.findMany())
  expect(seen.map((row) => row.tenantId)).toEqual([toUuid(a)])
  const raw = await database.web.tenantTransaction(a, systemClock, (tx) => tx.sql<{ n: number }>('select count(*) as n from contacts'))
  expect(raw).toEqual([{ n: 1 }])
  await expect(database.web.platformTransaction(systemClock, (tx) => tx.sql('select * from contacts'))).rejects.toThrow()
})
