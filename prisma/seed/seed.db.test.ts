import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { systemClock } from '#platform/clock.ts'
import { toUuid } from '#platform/ids.ts'
import { testKeys } from '#tests/builders/channels.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { seedDemo } from './seed.ts'
import { DEMO_TENANTS } from './tenants.ts'

const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-seed-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the demo has two workspaces, hundreds of conversations, and can be asked for again', async () => {
  const context = { database: database.worker, clock: systemClock, keys: testKeys, blobs: createDiskBlobs(folder) }
  const options = { password: 'demo-password', accessToken: 'EAAG' }
  const seeded = await seedDemo(context, options)
  expect(seeded.logins.map((login) => login.tenant)).toEqual(expect.arrayContaining(DEMO_TENANTS.map((tenant) => tenant.name)))
  expect(seeded.customers.length).toBeGreaterThan(4)

  const tenants = await database.worker.prisma.tenant.findMany({ orderBy: { slug: 'asc' } })
  const counts = []
  for (const tenant of tenants) {
    const tenantId = `ten_${tenant.id.replaceAll('-', '')}` as const
    counts.push(
      await database.web.tenantTransaction(tenantId, systemClock, (tx) =>
        tx.prisma.conversation.count({ where: { tenantId: toUuid(tenantId) } }),
      ),
    )
  }
  expect(counts).toEqual([180, 340])

  const again = await seedDemo(context, options)
  expect(again.logins).toEqual(seeded.logins)
  expect(again.customers).toEqual([])
})
