import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { freePorts } from '#scripts/start/lock.ts'
import { type DatabaseUrls, run, startCluster } from '../cluster.ts'
import { isMetInMost, median, shown, type Times, timesOf } from '../figures.ts'
import { type Generator, startGenerator } from '../generator.ts'
import { type Broker, startBroker } from '../kafka.ts'
import type { Posted } from '../load/post.ts'
import type { WebhookPlan } from '../load/webhooks.ts'
import { machineLine, processorMs } from '../machine.ts'
import type { Options } from '../options.ts'
import { populate } from '../population.ts'
import { builtEntry, type Started, startNode } from '../processes.ts'
import { type Row, record } from '../results.ts'

const RATIO = 0.7
const P99_MS = 50
const OFFERED = 1_000
/** Connections to PostgreSQL that a bus writes over (modules/platform/bus/postgres.ts). */
const POOL = 4
const CLOSED_CONNECTIONS = 64
const OPEN_CONNECTIONS = 256
const APP_SECRET = 'bench-app-secret-0123456789'

/** One ingress process against one bare server, taking turns. */
export const accept = {
  summary: 'webhooks accepted by one ingress process, beside a bare server that verifies and group-commits',
  async run(options: Options): Promise<void> {
    builtEntry('main')
    const machine = machineLine()
    const cluster = await startCluster()
    const generator = startGenerator()
    let broker: Broker | undefined
    try {
      broker = options.kafka ? await startBroker() : undefined
      for (const tenants of options.tenants) {
        const urls = await cluster.createDatabase(`accept_${tenants}`)
        await populate(urls.superuser, { tenants, customersPerTenant: 4, sent: 0, agents: 1 })
        const rows = await measure({ urls, broker, generator, tenants, options, dataDir: cluster.dataDir })
        const title = `accept, ${broker ? 'Kafka' : 'PostgreSQL'}, ${tenants} tenant${tenants === 1 ? '' : 's'}`
        record({ title, command: options.command, machine, rows, notes: NOTES, keep: !options.quick })
      }
    } finally {
      await generator.stop()
      await broker?.stop()
      await cluster.stop()
    }
  },
}

const NOTES = [
  `Closed loop: ${CLOSED_CONNECTIONS} connections, each with one request at a time. Open loop: Poisson arrivals over ${OPEN_CONNECTIONS} connections, timed from when each was due. Only the process that is measured runs beside PostgreSQL, the broker and the generator; nobody consumes meanwhile.`,
]

interface Bench {
  urls: DatabaseUrls
  broker: Broker | undefined
  generator: Generator
  tenants: number
  options: Options
  dataDir: string
}

interface Turn {
  perSecond: number
  /** Processor time of the process that is measured, ms for 1,000 webhooks. */
  processorMs: number
  offered: Times
}

async function measure(bench: Bench): Promise<Row[]> {
  const ours: Turn[] = []
  const bare: Turn[] = []
  for (let pair = 0; pair < bench.options.runs; pair++) {
    ours.push(await takeTurn(bench, startIngress))
    bare.push(await takeTurn(bench, startBaseline))
    console.log(`pair ${pair + 1}: ours ${shownTurn(ours.at(-1))}, bare ${shownTurn(bare.at(-1))}`)
  }
  const ratios = ours.map((turn, at) => turn.perSecond / (bare[at]?.perSecond ?? Number.NaN))
  const both = (turns: Turn[]) =>
    `${shown(median(turns.map(({ offered }) => offered.p50)))} / ${shown(median(turns.map(({ offered }) => offered.p99)))}`
  return [
    {
      figure: 'webhooks a second, ratio to the bare server',
      target: `at least ${RATIO}`,
      result: shown(median(ratios)),
      baseline: '1',
      runs: ratios.map(shown).join(', '),
      met: median(ratios) >= RATIO,
    },
    {
      figure: `webhooks a second, closed loop of ${CLOSED_CONNECTIONS}`,
      target: '',
      result: shown(median(ours.map(({ perSecond }) => perSecond))),
      baseline: shown(median(bare.map(({ perSecond }) => perSecond))),
      runs: ours.map(({ perSecond }) => shown(perSecond)).join('; '),
      met: null,
    },
    {
      figure: 'processor time of the process for 1,000 webhooks, ms',
      target: '',
      result: shown(median(ours.map(({ processorMs }) => processorMs))),
      baseline: shown(median(bare.map(({ processorMs }) => processorMs))),
      runs: ours.map(({ processorMs }) => shown(processorMs)).join('; '),
      met: null,
    },
    {
      figure: `p50 / p99 ms at ${rateOf(bench.options)}/s offered`,
      target: `p99 under ${P99_MS}`,
      result: both(ours),
      baseline: both(bare),
      runs: ours.map(({ offered }) => shown(offered.p99)).join(', '),
      met: isMetInMost(ours, ({ offered }) => offered.p99 < P99_MS),
    },
  ]
}

const rateOf = (options: Options): number => options.rate ?? OFFERED
const shownTurn = (turn: Turn | undefined): string => (turn ? `${shown(turn.perSecond)}/s, p99 ${shown(turn.offered.p99)} ms` : '')

/** A fresh process, warmed until its code is compiled; then as fast as it goes; then at the offered rate. The log is emptied before each. */
async function takeTurn(bench: Bench, start: (bench: Bench, port: number) => Promise<Started>): Promise<Turn> {
  const { generator, options } = bench
  const [port = 0] = await freePorts(1)
  const server = await start(bench, port)
  const target = { host: '127.0.0.1', port, path: '/webhooks/whatsapp' }
  const seconds = options.seconds ?? (options.quick ? 1 : 4)
  const closed = async (durationMs: number) =>
    accepted(await generator.post({ kind: 'closed', target, plan: planOf(bench), connections: CLOSED_CONNECTIONS, durationMs }))
  try {
    await emptyLog(bench)
    await closed(options.quick ? 1_500 : 5_000)
    await emptyLog(bench)
    const usedBefore = processorMs(server.pid)
    const fast = await closed(seconds * 1_000)
    const usedMs = processorMs(server.pid) - usedBefore
    await emptyLog(bench)
    const offered = accepted(
      await generator.post({
        kind: 'open',
        target,
        plan: planOf(bench),
        connections: OPEN_CONNECTIONS,
        durationMs: seconds * 1_000,
        perSecond: rateOf(options),
        seed: 7,
      }),
    )
    const count = fast.latencies.length
    return { perSecond: (count * 1_000) / fast.elapsedMs, processorMs: (usedMs * 1_000) / count, offered: timesOf(offered.latencies) }
  } finally {
    await server.stop()
  }
}

/** @throws when any request was answered otherwise: a server that refuses is fast */
function accepted(posted: Posted): Posted {
  const others = Object.entries(posted.statuses).filter(([status]) => status !== '200')
  if (others.length > 0) throw new Error(`not all were accepted: ${others.map(([status, count]) => `${count} x ${status}`).join(', ')}`)
  return posted
}

function planOf({ tenants }: Bench): WebhookPlan {
  return {
    run: randomBytes(4).toString('hex'),
    tenants,
    customersPerTenant: Math.max(4, 2_000 / tenants),
    firstSent: 0,
    appSecret: APP_SECRET,
  }
}

async function emptyLog({ urls }: Bench): Promise<void> {
  await run(urls.superuser, 'truncate bus.records')
  await run(urls.superuser, 'checkpoint')
}

async function startIngress({ urls, broker, dataDir }: Bench, port: number): Promise<Started> {
  const [healthPort = 0] = await freePorts(1)
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    HOST: '127.0.0.1',
    INGRESS_PORT: String(port),
    METRICS_PORT: String(healthPort),
    WEFT_DATA_DIR: dataDir,
    DATABASE_URL: urls.web,
    DATABASE_WORKER_URL: urls.worker,
    WEFT_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    META_APP_SECRET: APP_SECRET,
    META_VERIFY_TOKEN: 'bench-verify-token',
    ...broker?.env,
  }
  return startNode(['--enable-source-maps', builtEntry('main'), 'ingress'], env, `http://127.0.0.1:${healthPort}/readyz`)
}

function startBaseline({ urls, broker }: Bench, port: number): Promise<Started> {
  const store = broker
    ? { kafka: { brokers: broker.brokers, topic: 'inbound.whatsapp' } }
    : { postgres: { url: urls.superuser, connections: POOL } }
  const file = join(import.meta.dirname, '../baselines/webhook-server.ts')
  return startNode(['--import', 'tsx', file, JSON.stringify({ port, appSecret: APP_SECRET, ...store })], {}, `http://127.0.0.1:${port}/`)
}
