import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { temporaryDirectory } from '../cluster.ts'
import { isMetInMost, median, shown, timesOf } from '../figures.ts'
import { type Generator, startGenerator } from '../generator.ts'
import { type Broker, startBroker } from '../kafka.ts'
import { type LagReader, openLagReader } from '../lag.ts'
import { sentNeeded, type WebhookPlan } from '../load/webhooks.ts'
import { machineLine } from '../machine.ts'
import type { Options } from '../options.ts'
import { populate } from '../population.ts'
import { builtEntry } from '../processes.ts'
import { type Product, startProduct } from '../product.ts'
import { type Row, record } from '../results.ts'
import { signInViewers } from '../sign-in.ts'

const P99_MS = 250
/** 300 messages and as many statuses a second. */
const OFFERED = 600
/** Updates a second, half of them statuses. */
const HELD_EMBEDDED = 1_200
const HELD_KAFKA = { first: 600, step: 200, last: 2_400 }
const LAG_MS = 5_000
const CONNECTIONS = 128

/** The whole product on this machine, from a webhook's arrival to the frame on an agent's screen. */
export const latency = {
  summary: 'webhook to SSE frame, and the rate that is held, with all processes on this machine',
  async run(options: Options): Promise<void> {
    builtEntry('start')
    for (const tenants of options.tenants) {
      const machine = machineLine()
      const rows = await withProduct(tenants, options, (bench) => measure(bench, options))
      const title = `latency, ${options.kafka ? 'Kafka' : 'PostgreSQL'}, ${tenants} tenant${tenants === 1 ? '' : 's'}`
      record({ title, command: options.command, machine, rows, notes: NOTES, keep: !options.quick })
    }
  },
}

const NOTES = [
  'Everything `npm start` runs is on this machine, with PostgreSQL, the generator and the screens (and Kafka). Webhooks go to the ingress process. A message is timed from when its webhook was due to when each screen that should show it got its frame; 5 screens of one tenant, or one of each of 100 tenants out of 500. Statuses settle deliveries that exist, and reach screens as well.',
  `Held: every webhook accepted, and ${LAG_MS / 1_000} s after the last one no group, the outbox and the forwarder included, is behind and nothing is parked.`,
]

interface Bench {
  product: Product
  generator: Generator
  lag: LagReader
  tenants: number
  customersPerTenant: number
  /** Statuses have spoken of so many sent messages. */
  spent: number
}

async function withProduct(tenants: number, options: Options, work: (bench: Bench) => Promise<Row[]>): Promise<Row[]> {
  const dataDir = temporaryDirectory('weft-bench-')
  const generator = startGenerator()
  let broker: Broker | undefined
  let product: Product | undefined
  let lag: LagReader | undefined
  try {
    broker = options.kafka ? await startBroker() : undefined
    product = await startProduct({ dataDir, env: broker?.env })
    const customersPerTenant = Math.max(4, 2_000 / tenants)
    const sent = Math.ceil((options.quick ? 4_000 : 200_000) / tenants) * tenants
    const built = await populate(product.superuserUrl, { tenants, customersPerTenant, sent, agents: Math.min(tenants, 25) })
    lag = await openLagReader(product, broker)
    const viewers = await signInViewers(product.url, built, tenants === 1 ? 5 : 100)
    await generator.watch({ kind: 'watch', url: product.url, viewers })
    return await work({ product, generator, lag, tenants, customersPerTenant, spent: 0 })
  } finally {
    await generator.stop()
    await lag?.close()
    await product?.stop()
    await broker?.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

async function measure(bench: Bench, options: Options): Promise<Row[]> {
  const seconds = options.seconds ?? (options.quick ? 5 : 20)
  const offered = options.rate ?? (options.quick ? 40 : OFFERED)
  const runs: Run[] = []
  await offer(bench, Math.min(offered, 200), options.quick ? 2 : 5)
  for (let run = 0; run < options.runs; run++) {
    runs.push(await offer(bench, offered, seconds))
    console.log(`run ${run + 1}: ${sentence(runs.at(-1))}`)
  }
  const latencyRow: Row = {
    figure: `webhook to frame at ${offered / 2} messages and ${offered / 2} statuses a second, p50 / p99 ms`,
    target: `p99 under ${P99_MS}`,
    result: `${shown(median(runs.map(({ p50 }) => p50)))} / ${shown(median(runs.map(({ p99 }) => p99)))}`,
    baseline: '',
    runs: runs.map(sentence).join('; '),
    met: isMetInMost(runs, ({ p99, missing }) => p99 < P99_MS && missing === 0),
  }
  return [latencyRow, options.kafka ? await highestRate(bench, options) : await heldRate(bench, options)]
}

/** The embedded rate, until more than half of the runs have said yes or no. */
async function heldRate(bench: Bench, options: Options): Promise<Row> {
  const perSecond = options.quick ? 100 : HELD_EMBEDDED
  const runs: Run[] = []
  const isDecided = () => [true, false].some((held) => runs.filter((run) => run.held === held).length > options.runs / 2)
  while (runs.length < options.runs && !isDecided()) {
    runs.push(await offer(bench, perSecond, options.quick ? 5 : 60))
    console.log(`${perSecond}/s: ${sentence(runs.at(-1))}`)
  }
  return {
    figure: `${perSecond} updates a second for a minute, half of them statuses`,
    target: 'lag zero within 5 s',
    result: runs.map(({ lagMs }) => (lagMs === null ? 'behind' : `${shown(lagMs / 1_000)} s`)).join(', '),
    baseline: '',
    runs: runs.map(sentence).join('; '),
    met: isMetInMost(runs, ({ held }) => held),
  }
}

async function highestRate(bench: Bench, options: Options): Promise<Row> {
  const { first, step, last } = options.quick ? { first: 100, step: 100, last: 200 } : HELD_KAFKA
  const tried: string[] = []
  let highest = 0
  for (let perSecond = first; perSecond <= last; perSecond += step) {
    const run = await offer(bench, perSecond, options.quick ? 5 : 20)
    tried.push(`${perSecond}: ${sentence(run)}`)
    console.log(tried.at(-1))
    if (!run.held) break
    highest = perSecond
  }
  return {
    figure: 'highest rate of updates held, a second',
    target: 'at least 600',
    result: String(highest),
    baseline: '',
    runs: tried.join('; '),
    met: highest >= 600,
  }
}

interface Run {
  p50: number
  p99: number
  missing: number
  refused: number
  /** Until nobody was behind any more, after the last webhook; null = longer than allowed. */
  lagMs: number | null
  held: boolean
}

const sentence = (run: Run | undefined): string => {
  if (!run) return ''
  const lag = run.lagMs === null ? 'behind' : `level after ${shown(run.lagMs)} ms`
  return `p99 ${shown(run.p99)}, ${lag}${run.refused ? `, ${run.refused} refused` : ''}${run.missing ? `, ${run.missing} not shown` : ''}`
}

async function offer(bench: Bench, perSecond: number, seconds: number): Promise<Run> {
  const plan: WebhookPlan = {
    run: randomBytes(4).toString('hex'),
    tenants: bench.tenants,
    customersPerTenant: bench.customersPerTenant,
    firstSent: bench.spent,
    appSecret: bench.product.appSecret,
  }
  bench.spent += sentNeeded(perSecond * seconds * 1.1)
  const posted = await bench.generator.post({
    kind: 'open',
    target: { host: '127.0.0.1', port: bench.product.ingressPort, path: '/webhooks/whatsapp' },
    plan,
    connections: CONNECTIONS,
    durationMs: seconds * 1_000,
    perSecond,
    seed: perSecond,
  })
  const lagMs = await bench.lag.untilZero(LAG_MS)
  const watched = await bench.generator.shown()
  // Late is a figure; what the next run finds must not be.
  if (lagMs === null && (await bench.lag.untilZero(120_000)) === null)
    throw new Error(`behind for good: ${JSON.stringify(await bench.lag.read())}`)
  const refused = posted.latencies.length - (posted.statuses[200] ?? 0)
  const { p50, p99 } = timesOf(watched.latencies)
  return { p50, p99, missing: watched.missing, refused, lagMs, held: refused === 0 && lagMs !== null }
}
