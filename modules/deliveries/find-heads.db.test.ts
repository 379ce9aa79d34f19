import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import type { Sql } from '#platform/db/sql.ts'
import { fromUuid, newId, toUuid } from '#platform/ids.ts'
import { useDatabase } from '#tests/setup/database.ts'
import type { ClaimOptions, Room } from './claim-deliveries.ts'
import { findHeads } from './find-heads.ts'

/** Five hundred accounts of as many tenants; the first has a campaign of 50,000 waiting, the others only a past. */
const database = useDatabase()
let rooms: Room[]

beforeAll(async () => {
  const superuser = new pg.Client({ connectionString: database.urls.superuser })
  await superuser.connect()
  await superuser.query(`
    create temp table acc as select gen_random_uuid() as t, gen_random_uuid() as a, gen_random_uuid() as c, gen_random_uuid() as conv, n from generate_series(1, 500) n;
    insert into channel_accounts (tenant_id, id, channel, name, address) select t, a, 'whatsapp', 'n', n::text from acc;
    insert into contacts (tenant_id, id) select t, c from acc;
    insert into conversations (tenant_id, id, contact_id, slot, last_message_at) select t, conv, c, 'all', now() from acc;
    create temp table ln as select t, a, c, conv, gen_random_uuid() as l, gen_random_uuid() as m, k from acc, generate_series(1, 100) k
      union all select t, a, c, conv, gen_random_uuid(), gen_random_uuid(), k from acc, generate_series(1, 50000) k where n = 1;
    insert into lines (tenant_id, id, channel_account_id, contact_id, window_expires_at) select t, l, a, c, now() + interval '1 hour' from ln;
    insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, author_kind, provider_time, sequence, received_at)
      select t, m, conv, l, a, 'outbound', 'text', 'member', now(), k, now() from ln;
    insert into deliveries (tenant_id, id, message_id, conversation_id, line_id, channel_account_id, lane, state, position, due_at, queued_at)
      select t, gen_random_uuid(), m, conv, l, a, case when k % 3 = 0 then 'bulk' else 'interactive' end, 'delivered', 1, now() - interval '1 day', now() from ln where t <> (select t from acc where n = 1)
      union all select t, gen_random_uuid(), m, conv, l, a, 'bulk', 'queued', 2, now() - k * interval '1 ms', now() from ln where t = (select t from acc where n = 1);
    analyze;`)
  const { rows } = await superuser.query<{ t: string; a: string }>('select t, a from acc order by n')
  rooms = rows.flatMap(({ t, a }) =>
    (['interactive', 'bulk'] as const).map((lane) => ({
      ...{ tenantId: fromUuid('tenant', t), channelAccountId: fromUuid('channelAccount', a), epoch: 1 },
      ...{ lane, calls: 8 },
    })),
  )
  await superuser.end()
}, 120_000)

const options = (given: Partial<ClaimOptions> = {}): ClaimOptions => ({
  ...{ holder: newId('sender'), rooms, limit: 200, hasReplyWindow: true, restingLines: [], uploading: [] },
  ...given,
})

/** What one look costs: statements, and pages of memory touched by them. */
async function costOf(given: ClaimOptions): Promise<{ statements: number; pages: number; found: number }> {
  const tenants = [...new Set(given.rooms.map((room) => room.tenantId))]
  return database.worker.batchTransaction(tenants, systemClock, async (tx) => {
    const statements: { text: string; values: readonly unknown[] }[] = []
    const sql: Sql = (text, values = []) => {
      statements.push({ text, values })
      return tx.sql(text, values)
    }
    const found = await findHeads({ ...tx, sql }, given)
    let pages = 0
    for (const { text, values } of statements) {
      const [row] = await tx.sql<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>(
        `explain (analyze, buffers, format json) ${text}`,
        values,
      )
      const plan = row?.['QUERY PLAN'][0].Plan
      pages += (plan?.['Shared Hit Blocks'] ?? 0) + (plan?.['Shared Read Blocks'] ?? 0)
    }
    return { statements: statements.length, pages, found: found.length }
  })
}

test('a look at 499 idle accounts is one statement that touches little more than the end of an index each', async () => {
  const cost = await costOf(options({ rooms: rooms.slice(2) }))
  expect(cost).toMatchObject({ statements: 1, found: 0 })
  expect(cost.pages).toBeLessThan(499 * 2 * 4)
})

test('50,000 waiting messages of one account cost no more than the few that may go now', async () => {
  const cost = await costOf(options({ rooms: rooms.slice(0, 2) }))
  expect(cost).toMatchObject({ statements: 1, found: 8 })
  expect(cost.pages).toBeLessThan(1_000)
})

test('accounts take turns: an old campaign does not keep the others waiting', async () => {
  const [other] = rooms.slice(-2)
  if (!other) throw new Error('no rooms')
  await database.worker.batchTransaction([other.tenantId], systemClock, (tx) =>
    tx.sql(
      `insert into deliveries (tenant_id, id, message_id, conversation_id, line_id, channel_account_id, lane, position, due_at, queued_at)
       select tenant_id, $3, id, conversation_id, line_id, channel_account_id, 'interactive', 9, $4, $4
       from messages where tenant_id = $1 and channel_account_id = $2 limit 1`,
      [toUuid(other.tenantId), toUuid(other.channelAccountId), toUuid(newId('delivery')), new Date(tx.now.getTime() - 1_000)],
    ),
  )
  const tenants = [...new Set(rooms.map((room) => room.tenantId))]
  const heads = await database.worker.batchTransaction(tenants, systemClock, (tx) => findHeads(tx, options({ limit: 2 })))
  expect(heads.map((head) => head.channelAccountId).sort()).toEqual([rooms[0]?.channelAccountId, other.channelAccountId].sort())
})
