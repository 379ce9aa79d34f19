import { createConnectors } from '#channels/index.ts'
import { InboundEventSchema, type IncomingEvent, receiveMessages } from '#modules/intake/index.ts'
import { monotonicMs, systemClock } from '#platform/clock.ts'
import { type Database, openDatabase } from '#platform/db/database.ts'
import { toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { type BareRow, insertBare } from '../baselines/inserts.ts'
import { type Cluster, run, startCluster } from '../cluster.ts'
import { median, shown } from '../figures.ts'
import { sentNeeded, tenantOf, type WebhookPlan, webhookBody } from '../load/webhooks.ts'
import { machineLine, processorMs } from '../machine.ts'
import type { Options } from '../options.ts'
import { type BuiltTenant, populate } from '../population.ts'
import { type Row, record } from '../results.ts'

const TARGET = 0.25
const CUSTOMERS = 2_000
const APP_SECRET = 'not used: nothing is signed here'
const connector = createConnectors({ whatsapp: { graphUrl: 'http://127.0.0.1:9' } }).whatsapp

/** Intake's transaction of 500 events, half of them receipts, against bare inserts of as many rows. */
export const intake = {
  summary: 'events a second through receiveMessages, beside bare set-based inserts',
  async run(options: Options): Promise<void> {
    const machine = machineLine()
    const cluster = await startCluster()
    try {
      for (const tenants of options.tenants) {
        const rows = await measure(cluster, tenants, options)
        const title = `intake, ${tenants} tenant${tenants === 1 ? '' : 's'}`
        record({ title, command: options.command, machine, rows, notes: NOTES, keep: !options.quick })
      }
    } finally {
      await cluster.stop()
    }
  },
}

const NOTES = [
  'Ours: one transaction of 500 events as the intake worker runs it, people, lines, conversations, deliveries and outbox included; customers are known, receipts settle deliveries that exist. Checking the events against their schema, which the worker does before, is not in it and shown apart.',
]

interface Bench {
  database: Database
  tenants: BuiltTenant[]
  places: Map<string, Place>
  batches: number
}
interface Place {
  conversationId: string
  lineId: string
  contactId: string
}

async function measure(cluster: Cluster, tenants: number, options: Options): Promise<Row[]> {
  const batches = options.quick ? 3 : 40
  const urls = await cluster.createDatabase(`intake_${tenants}`)
  const customersPerTenant = Math.max(4, CUSTOMERS / tenants)
  const events = (options.runs + 1) * batches * LIMITS.intakeBatch
  const population = { tenants, customersPerTenant, sent: Math.ceil(sentNeeded(events) / tenants) * tenants, agents: 1 }
  const built = await populate(urls.superuser, population)
  const database = await openDatabase({ url: urls.worker, role: 'weft_worker', poolSize: 4 })
  try {
    const bench: Bench = { database, tenants: built, places: await readPlaces(urls.superuser), batches }
    const planOf = (name: string, window: number): WebhookPlan => ({
      run: `${name}${window}`,
      tenants,
      customersPerTenant,
      firstSent: (window * batches * LIMITS.intakeBatch) / 4,
      appSecret: APP_SECRET,
    })
    // The first window of each warms connections, plans and caches, and is not counted.
    const ours: Window[] = []
    const bare: Window[] = []
    for (let window = 0; window <= options.runs; window++) {
      const before = await countRows(urls.superuser)
      const own = await receiveWindow(bench, planOf('o', window))
      const beside = await insertWindow(bench, planOf('b', window))
      const stored = (await countRows(urls.superuser)) - before
      const expected = 2 * batches * LIMITS.intakeBatch
      if (stored !== expected) throw new Error(`${stored} rows were stored, ${expected} were sent: this measures nothing`)
      if (window === 0) continue
      ours.push(own)
      bare.push(beside)
      console.log(`pair ${window}: ours ${shown(own.perSecond)}/s, bare ${shown(beside.perSecond)}/s`)
    }
    return rowsOf(ours, bare)
  } finally {
    await database.close()
  }
}

interface Window {
  perSecond: number
  /** Processor time for a batch of 500, ms: of this process, and of its PostgreSQL backend. */
  nodeMs: number
  postgresMs: number
  /** Checking the schema of a batch, which only ours does; not part of the others. */
  checkMs: number
}

function rowsOf(ours: readonly Window[], bare: readonly Window[]): Row[] {
  const ratios = ours.map(({ perSecond }, at) => perSecond / (bare[at]?.perSecond ?? Number.NaN))
  const ratio = median(ratios)
  const processor = (windows: readonly Window[]) =>
    `${shown(median(windows.map(({ nodeMs }) => nodeMs)))} + ${shown(median(windows.map(({ postgresMs }) => postgresMs)))}`
  const checks = ours.map(({ checkMs }) => checkMs)
  return [
    {
      figure: 'events a second, ratio to bare inserts',
      target: `at least ${TARGET}`,
      result: shown(ratio),
      baseline: '1',
      runs: ratios.map(shown).join(', '),
      met: ratio >= TARGET,
    },
    {
      figure: 'events a second, batches of 500, one connection',
      target: '',
      result: shown(median(ours.map(({ perSecond }) => perSecond))),
      baseline: shown(median(bare.map(({ perSecond }) => perSecond))),
      runs: ours.map(({ perSecond }) => shown(perSecond)).join('; '),
      met: null,
    },
    {
      figure: 'processor time of a batch, Node + PostgreSQL, ms',
      target: '',
      result: processor(ours),
      baseline: processor(bare),
      runs: ours.map(({ nodeMs, postgresMs }) => `${shown(nodeMs)} + ${shown(postgresMs)}`).join('; '),
      met: null,
    },
    {
      figure: 'checking the schema of a batch, ms',
      target: '',
      result: shown(median(checks)),
      baseline: '',
      runs: checks.map(shown).join(', '),
      met: null,
    },
  ]
}

async function receiveWindow(bench: Bench, plan: WebhookPlan): Promise<Window> {
  const { database, tenants } = bench
  let checkMs = 0
  const window = await timeBatches(bench, (batch) => {
    const incoming = numbersOf(batch).map((n) => incomingOf(plan, n, tenants))
    const ids = [...new Set(incoming.map(({ owner }) => owner.tenantId))]
    const checkedAt = monotonicMs()
    for (const { event } of incoming) InboundEventSchema.parse(event)
    checkMs += monotonicMs() - checkedAt
    return () => database.batchTransaction(ids, systemClock, (tx) => receiveMessages(tx, incoming, () => connector.capabilities))
  })
  return { ...window, checkMs: checkMs / bench.batches }
}

function insertWindow(bench: Bench, plan: WebhookPlan): Promise<Window> {
  return timeBatches(bench, (batch) => {
    const rows = numbersOf(batch).map((n) => bareRowOf(incomingOf(plan, n, bench.tenants), bench.places))
    return () => insertBare(bench.database.pool, rows, systemClock.now())
  })
}

/** Prepares each batch outside of what is timed. */
async function timeBatches({ database, batches }: Bench, prepare: (batch: number) => () => Promise<unknown>): Promise<Window> {
  const backends = await backendsOf(database)
  const postgresUsed = () => backends.reduce((sum, pid) => sum + processorMs(pid), 0)
  const postgresBefore = postgresUsed()
  let tookMs = 0
  let nodeMs = 0
  for (let batch = 0; batch < batches; batch++) {
    const run = prepare(batch)
    const startedAt = monotonicMs()
    const used = process.cpuUsage()
    await run()
    const { user, system } = process.cpuUsage(used)
    nodeMs += (user + system) / 1_000
    tookMs += monotonicMs() - startedAt
  }
  const perSecond = (batches * LIMITS.intakeBatch * 1_000) / tookMs
  return { perSecond, nodeMs: nodeMs / batches, postgresMs: (postgresUsed() - postgresBefore) / batches, checkMs: 0 }
}

async function backendsOf(database: Database): Promise<number[]> {
  const { rows } = await database.pool.query<{ pid: number }>(
    'select pid from pg_stat_activity where usename = current_user and datname = current_database()',
  )
  return rows.map(({ pid }) => pid)
}

const numbersOf = (batch: number): number[] => Array.from({ length: LIMITS.intakeBatch }, (_, at) => batch * LIMITS.intakeBatch + at)

/** The n-th webhook, as ingress would hand it over. */
function incomingOf(plan: WebhookPlan, n: number, tenants: readonly BuiltTenant[]): IncomingEvent {
  const now = systemClock.now()
  const body = webhookBody(plan, n, Math.floor(now.getTime() / 1_000))
  const [event] = connector.parse({ method: 'POST', path: '/webhooks/whatsapp', query: {}, headers: {}, body })
  const tenant = tenants[tenantOf(plan, n)]
  if (!event || !tenant) throw new Error('a webhook of the benchmark could not be read')
  return { event, receivedAt: now, owner: { tenantId: tenant.tenantId, channelAccountId: tenant.channelAccountId } }
}

function bareRowOf({ event, owner }: IncomingEvent, places: Bench['places']): BareRow {
  const row = { tenantId: toUuid(owner.tenantId), channelAccountId: toUuid(owner.channelAccountId) }
  if (event.type === 'receipt') return { ...row, externalId: `${event.externalId}.bare`, status: event.status }
  if (event.type !== 'message') throw new Error(`unexpected event ${event.type}`)
  const waId = event.person.identities.find(({ kind }) => kind === 'wa_id')?.value
  const place = places.get(`${row.tenantId}/${waId}`)
  if (!place) throw new Error(`nobody is called ${waId}`)
  return { ...row, externalId: event.externalId, message: { ...place, body: event.content.text ?? '' } }
}

async function readPlaces(url: string): Promise<Map<string, Place>> {
  const rows = await run<{ tenant_id: string; value: string; conversation_id: string; line_id: string; contact_id: string }>(
    url,
    `select i.tenant_id, i.value, c.id as conversation_id, c.line_id, c.contact_id
     from contact_identities i join conversations c on c.tenant_id = i.tenant_id and c.contact_id = i.contact_id where i.kind = 'wa_id'`,
  )
  return new Map(
    rows.map((row) => [
      `${row.tenant_id}/${row.value}`,
      { conversationId: row.conversation_id, lineId: row.line_id, contactId: row.contact_id },
    ]),
  )
}

async function countRows(url: string): Promise<number> {
  const [row] = await run<{ rows: number }>(
    url,
    'select (select count(*) from messages)::int + (select count(*) from receipts)::int as rows',
  )
  return row?.rows ?? 0
}
