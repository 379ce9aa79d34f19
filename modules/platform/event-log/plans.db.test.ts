import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { recordingDatabase } from '#tests/builders/recording.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { indexesOf } from '#tests/suites/explain-plan.ts'
import { systemClock } from '../clock.ts'
import { fromUuid, type Id } from '../ids.ts'
import { appendCommitted } from './append.ts'
import { readLog } from './reader.ts'
import { forgetOldEntries } from './retention.ts'

/** The statements that run all day, on a log of some size and an outbox that is usually empty but once in a while is not. */
const database = useDatabase()
let tenantId: Id<'tenant'>

beforeAll(async () => {
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  await client.query(`
    create temp table them as select n, gen_random_uuid() as id from generate_series(0, 299) n;
    insert into bus.log (shard, position, tenant_id, sequence, event_id, type, key, payload, depth, at)
    select 0, row_number() over (), id, s, gen_random_uuid(), 'thing.noted', 'k', '{"n": 1}', 0, now() from generate_series(1, 200) s, them;
    insert into bus.log_heads select id, 200 from them union all select gen_random_uuid(), 1 from generate_series(1, 20000);
    analyze`)
  const { rows } = await client.query<{ id: string }>('select id from them limit 1')
  tenantId = fromUuid('tenant', rows[0]?.id ?? '')
  // After the statistics were taken: the planner believes the outbox to be empty.
  await client.query(`
    insert into bus.outbox (event_id, tenant_id, type, key, payload, depth)
    select gen_random_uuid(), id, 'thing.noted', 'k', '{"n": 1}', 0 from generate_series(1, 100), them`)
  await client.end()
})

test('a stream reads its tenant’s part of the log along the index, behind the wall', async () => {
  const web = recordingDatabase(database.web)
  await web.database.tenantRead(tenantId, systemClock, (tx) => readLog(tx, tenantId, 150, 100))
  const client = new pg.Client({ connectionString: database.urls.web })
  await client.connect()
  const [statement] = web.statements
  const indexes = statement && (await indexesOf(client, statement))
  await client.end()
  expect(indexes).toEqual(expect.arrayContaining(['log_by_tenant', 'log_heads_pkey']))
})

test.each<[string, string, (pool: pg.Pool) => Promise<unknown>]>([
  ['appending', 'outbox_by_shard', (pool) => appendCommitted(pool, [{ shard: 3, epoch: 1 }], 500)],
  ['forgetting', 'log_pkey', (pool) => forgetOldEntries(pool, [0], 72)],
])('%s reads no table from end to end', async (_name, index, run) => {
  let plan = ''
  const explain = async ({ text, values }: { text: string; values: unknown[] }) => {
    const { rows } = await database.worker.pool.query<{ 'QUERY PLAN': string }>({ text: `explain ${text}`, values })
    plan = rows.map((row) => row['QUERY PLAN']).join('\n')
    return { rows: [], rowCount: 0 }
  }
  await run({ query: explain } as unknown as pg.Pool)
  expect(plan).toContain(index)
  expect(plan).not.toMatch(/Seq Scan on (outbox|log)\b/)
})
