import pg from 'pg'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/setup/database.ts'
import { systemClock } from '../clock.ts'
import { newId } from '../ids.ts'

const database = useDatabase()

test('a server that drops a connection in the middle of a transaction fails that transaction and nothing else', async () => {
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  const work = database.worker.batchTransaction([newId('tenant')], systemClock, async (tx) => {
    const [self] = await tx.sql<{ pid: number }>('select pg_backend_pid() as pid')
    await client.query('select pg_terminate_backend($1)', [self?.pid])
    const gone = async () => (await client.query('select from pg_stat_activity where pid = $1', [self?.pid])).rowCount
    await expect.poll(gone).toBe(0)
    await tx.sql('select 1')
  })
  await expect(work).rejects.toThrow()
  await client.end()
  expect(await database.worker.platformTransaction(systemClock, (tx) => tx.sql('select 1 as one'))).toEqual([{ one: 1 }])
})
