import { type ConversationView, listConversations } from '#modules/conversations/index.ts'
import { abilityOf } from '#platform/authority.ts'
import { monotonicMs, systemClock } from '#platform/clock.ts'
import { type Database, openDatabase } from '#platform/db/database.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import { type RecordedStatement, recordingDatabase } from '#tests/builders/recording.ts'
import { fillInbox } from '../big-inbox.ts'
import { type Cluster, startCluster } from '../cluster.ts'
import { isMetInMost, median, shown, type Times, timesOf } from '../figures.ts'
import { machineLine } from '../machine.ts'
import type { Options } from '../options.ts'
import { indexesIn, planShape } from '../plan-shape.ts'
import { type BuiltTenant, populate } from '../population.ts'
import { type Row, record } from '../results.ts'

const VIEWS: readonly ConversationView[] = ['all', 'unassigned', 'mine']
const P99_MS = 20
const GROWTH = 1.5

/** The first page of a very large inbox, beside that of a small one. */
export const inbox = {
  summary: 'the first page at 1,000,000 conversations and 5,000,000 messages, as weft_web',
  async run(options: Options): Promise<void> {
    const machine = machineLine()
    const conversations = options.quick ? 30_000 : 1_000_000
    const cluster = await startCluster()
    try {
      const small = await openInbox(cluster, 10_000)
      const big = await openInbox(cluster, conversations)
      const rows: Row[] = []
      for (const view of VIEWS) rows.push(...(await compareView(small, big, view, options)))
      await Promise.all([small.database.close(), big.database.close()])
      const title = `inbox, ${conversations.toLocaleString('en')} conversations`
      record({ title, command: options.command, machine, rows, notes: NOTES, keep: !options.quick })
    } finally {
      await cluster.stop()
    }
  },
}

const NOTES = [
  "One request at a time on a warm cache. Baseline is the same page at 10,000 conversations. Statement: the page's SQL in its own read-only transaction; use case: listConversations with everything it does.",
  'Plans are compared node by node with their indexes; a page that runs more than one statement fails the benchmark.',
]

interface Inbox {
  database: Database
  tenant: BuiltTenant
  conversations: number
}

async function openInbox(cluster: Cluster, conversations: number): Promise<Inbox> {
  const startedAt = monotonicMs()
  const urls = await cluster.createDatabase(`inbox_${conversations}`)
  const [tenant] = await populate(urls.superuser, { tenants: 1, customersPerTenant: 1, sent: 0, agents: 1 })
  if (!tenant) throw new Error('no tenant was built')
  await fillInbox(urls.superuser, tenant, { conversations, messagesEach: 5 })
  console.log(`${conversations.toLocaleString('en')} conversations written in ${shown((monotonicMs() - startedAt) / 1_000)} s`)
  return { database: await openDatabase({ url: urls.web, role: 'weft_web', poolSize: 2 }), tenant, conversations }
}

async function compareView(small: Inbox, big: Inbox, view: ConversationView, options: Options): Promise<Row[]> {
  const [smallPage, bigPage] = [await pageStatement(small, view), await pageStatement(big, view)]
  const plans = [await planShape(small.database, small.tenant, smallPage), await planShape(big.database, big.tenant, bigPage)]
  if (options.quick) console.log(`${view}: ${plans.join('\n     ')}`)
  const pages = options.quick ? 50 : 1_000
  const runs: { small: Times; big: Times; useCase: Times }[] = []
  for (let run = 0; run <= options.runs; run++) {
    const times = {
      small: await timePages(pages, () => runStatement(small, smallPage)),
      big: await timePages(pages, () => runStatement(big, bigPage)),
      useCase: await timePages(pages, () => listConversations(scopeIn(big.database, big.tenant), { view, status: 'open' })),
    }
    if (run > 0) runs.push(times)
  }
  const growth = median(runs.map((run) => run.big.p50 / run.small.p50))
  return [
    rowOf(
      `${view}: statement, p50 / p99 ms`,
      runs.map(({ big }) => big),
      runs.map(({ small }) => small),
    ),
    rowOf(
      `${view}: use case, p50 / p99 ms`,
      runs.map(({ useCase }) => useCase),
      null,
    ),
    {
      figure: `${view}: p50 against the small inbox`,
      target: `at most ${GROWTH}`,
      result: shown(growth),
      baseline: '1',
      runs: runs.map((run) => shown(run.big.p50 / run.small.p50)).join(', '),
      met: growth <= GROWTH,
    },
    {
      figure: `${view}: plan`,
      target: 'the same; one statement a page',
      result: plans[0] === plans[1] ? 'the same' : 'another',
      baseline: '',
      runs: `reads ${indexesIn(plans[1] ?? '').join(', ')}`,
      met: plans[0] === plans[1],
    },
  ]
}

function rowOf(figure: string, runs: readonly Times[], baseline: readonly Times[] | null): Row {
  const both = (times: readonly Times[]) => `${shown(median(times.map(({ p50 }) => p50)))} / ${shown(median(times.map(({ p99 }) => p99)))}`
  return {
    figure,
    target: `p99 under ${P99_MS}`,
    result: both(runs),
    baseline: baseline ? both(baseline) : '',
    runs: runs.map(({ p99 }) => shown(p99)).join(', '),
    met: isMetInMost(runs, ({ p99 }) => p99 < P99_MS),
  }
}

/** The statement behind a first page. @throws when the page needs more than one: a query per row is a query too many */
async function pageStatement({ database, tenant }: Inbox, view: ConversationView): Promise<RecordedStatement> {
  const recording = recordingDatabase(database)
  const page = await listConversations(scopeIn(recording.database, tenant), { view, status: 'open' })
  const [statement, ...more] = recording.statements
  if (!statement || more.length > 0) throw new Error(`a page of ${page.items.length} rows took ${recording.statements.length} statements`)
  if (page.items.length === 0 || page.nextCursor === null) throw new Error(`the page of ${view} is not full`)
  return statement
}

function scopeIn(database: Database, tenant: BuiltTenant): Scope {
  const actor = { kind: 'member' as const, memberId: tenant.memberId, userId: 'bench', name: 'Agent 0' }
  const ability = abilityOf([{ permission: '*', reach: 'all' }], tenant.memberId)
  return scopeOf({ database, tenantId: tenant.tenantId, clock: systemClock, actor, ability })
}

async function runStatement({ database, tenant }: Inbox, statement: RecordedStatement): Promise<void> {
  await database.tenantRead(tenant.tenantId, systemClock, (tx) => tx.sql(statement.text, statement.values, statement.name))
}

async function timePages(count: number, page: () => Promise<unknown>): Promise<Times> {
  const latencies = new Float64Array(count)
  for (let at = 0; at < count; at++) {
    const startedAt = monotonicMs()
    await page()
    latencies[at] = monotonicMs() - startedAt
  }
  return timesOf(latencies)
}
