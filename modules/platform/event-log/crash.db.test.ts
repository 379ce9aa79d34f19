import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { useDatabase } from '#tests/setup/database.ts'
import { pause, systemClock } from '../clock.ts'
import { defineEvent, emit, eventOf } from '../events.ts'
import { type Id, newId, toUuid } from '../ids.ts'

/**
 * Sequencers are killed and frozen while many connections emit. Afterwards the log must hold exactly what was committed:
 * dense per tenant and per shard, nothing lost, nothing twice, each key in the order of its commits.
 */
const database = useDatabase()
const LEASE_MS = 400
const Counted = defineEvent('thing.counted', z.object({ thing: z.string(), n: z.number() }), (payload) => payload.thing)

const children = new Set<ChildProcess>()
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
})

async function sequencerProcess(): Promise<ChildProcess> {
  const child = fork('tests/setup/sequencer-process.ts', [database.urls.worker, String(LEASE_MS)], { execArgv: ['--import', 'tsx'] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  await once(child, 'message')
  return child
}

test('killed and frozen sequencers lose nothing, repeat nothing and keep the order', { timeout: 120_000 }, async () => {
  const tenants = Array.from({ length: 12 }, () => newId('tenant'))
  await createCounters(tenants)
  const writing = new AbortController()
  const written = Promise.all(Array.from({ length: 6 }, () => writeUntil(writing.signal, tenants)))

  let [first, second] = [await sequencerProcess(), await sequencerProcess()]
  for (let blow = 0; blow < 4; blow++) {
    await expect.poll(waiting, { interval: 1, timeout: 10_000 }).toBeGreaterThan(0)
    first.kill('SIGKILL')
    first = await sequencerProcess()
    await expect.poll(waiting, { interval: 1, timeout: 10_000 }).toBeGreaterThan(0)
    const epochs = await epochSum()
    second.kill('SIGSTOP')
    await expect.poll(epochSum, { timeout: 10_000, message: 'the frozen one is replaced' }).toBeGreaterThan(epochs)
    second.kill('SIGCONT')
    const [frozenThenAlive, replacement] = [second, await sequencerProcess()]
    second = replacement
    frozenThenAlive.kill('SIGKILL')
  }
  writing.abort()
  const committed = (await written).reduce((sum, count) => sum + count, 0)
  await expect.poll(waiting, { timeout: 20_000 }).toBe(0)

  expect(committed).toBeGreaterThan(500)
  const one = async <T>(sql: string) => (await database.worker.pool.query<{ value: T }>(sql)).rows[0]?.value
  expect(await one('select count(*) as value from bus.log')).toBe(committed)
  expect(await one('select count(distinct event_id) as value from bus.log')).toBe(committed)
  expect(
    await one(
      'select count(*) as value from (select from bus.log group by tenant_id having max(sequence) <> count(*) or min(sequence) <> 1) holes',
    ),
  ).toBe(0)
  expect(
    await one(
      'select count(*) as value from (select from bus.log group by shard having max(position) <> count(*) or min(position) <> 1) holes',
    ),
  ).toBe(0)
  expect(
    await one(`select count(*) as value from (
      select (payload->>'n')::int as n, row_number() over (partition by key order by sequence) as nth from bus.log) counted where n <> nth`),
    'the n-th event of a key is the n-th that committed',
  ).toBe(0)
})

const waiting = async () => (await database.worker.pool.query<{ n: number }>('select count(*) as n from bus.outbox')).rows[0]?.n ?? 0
const epochSum = async () =>
  (await database.worker.pool.query<{ n: number }>('select sum(epoch)::int as n from bus.log_shards')).rows[0]?.n ?? 0

/** Rows that stand for conversations: locked while their event is emitted. */
async function createCounters(tenants: readonly Id<'tenant'>[]): Promise<void> {
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  await client.query('create table counters (thing text primary key, tenant_id uuid not null, n int not null default 0)')
  await client.query('grant select, update on counters to weft_worker')
  await client.query("insert into counters (thing, tenant_id) select t || '/' || k, t from unnest($1::uuid[]) t, generate_series(1, 3) k", [
    tenants.map(toUuid),
  ])
  await client.end()
}

/** Emits batches over several keys, every fifth rolled back. @returns how many events were committed */
async function writeUntil(signal: AbortSignal, tenants: readonly Id<'tenant'>[]): Promise<number> {
  let committed = 0
  for (let round = 1; !signal.aborted; round++) {
    const chosen = tenants.filter(() => Math.random() < 0.3)
    const emitted = await database.worker
      .batchTransaction(tenants, systemClock, async (tx) => {
        const rows = await tx.sql<{ thing: string; tenant_id: string; n: number }>(
          `with locked as (select thing from counters where tenant_id = any ($1::uuid[]) order by thing for update)
           update counters c set n = c.n + 1 from locked where c.thing = locked.thing returning c.thing, c.tenant_id, c.n`,
          [chosen.map(toUuid)],
        )
        const idOf = new Map(tenants.map((tenantId) => [toUuid(tenantId), tenantId]))
        const events = rows.map((row) => eventOf(Counted, idOf.get(row.tenant_id) ?? newId('tenant'), { thing: row.thing, n: row.n }))
        await emit(tx, events)
        if (round % 5 === 0) throw new Error('rolled back on purpose')
        return events.length
      })
      .catch((error: Error) => {
        if (error.message !== 'rolled back on purpose') throw error
        return 0
      })
    committed += emitted
    await pause(2)
  }
  return committed
}
