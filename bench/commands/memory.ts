import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
import { temporaryDirectory } from '../cluster.ts'
import { isMetInMost, median, shown } from '../figures.ts'
import { startGenerator } from '../generator.ts'
import { type Broker, startBroker } from '../kafka.ts'
import { sentNeeded } from '../load/webhooks.ts'
import { machineLine, residentMb } from '../machine.ts'
import type { Options } from '../options.ts'
import { populate } from '../population.ts'
import { builtEntry } from '../processes.ts'
import { type Product, startProduct } from '../product.ts'
import { type Row, record } from '../results.ts'
import { signInViewers } from '../sign-in.ts'

const PROCESS_MB = 256
const WEB_MB = 400
const STREAMS = 500
const PER_SECOND = 300
const READY_MS = 15_000

/** What the running product takes, and how soon it is there again. */
export const memory = {
  summary: 'resident memory of each process after a minute at 300/s with 500 streams, and the second start',
  async run(options: Options): Promise<void> {
    builtEntry('start')
    const machine = machineLine()
    const broker = options.kafka ? await startBroker() : undefined
    const dataDir = temporaryDirectory('weft-bench-')
    try {
      const rows = [...(await residentRows(dataDir, broker, options)), await secondStartRow(dataDir, broker, options)]
      const title = `memory and start, ${broker ? 'Kafka' : 'PostgreSQL'}`
      record({ title, command: options.command, machine, rows, notes: NOTES, keep: !options.quick })
    } finally {
      await broker?.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  },
}

const NOTES = [
  `${PER_SECOND} webhooks a second, half of them statuses, for ${STREAMS} tenants with one open screen each; VmRSS when the last one was accepted. A start is everything \`npm start\` does, until it says that it is ready.`,
]

async function residentRows(dataDir: string, broker: Broker | undefined, options: Options): Promise<Row[]> {
  const streams = options.quick ? 20 : STREAMS
  const seconds = options.seconds ?? (options.quick ? 5 : 60)
  const generator = startGenerator()
  let product: Product | undefined
  try {
    product = await startProduct({ dataDir, env: broker?.env })
    const perSecond = options.rate ?? PER_SECOND
    const sent = Math.ceil(sentNeeded(perSecond * seconds * 1.1) / streams) * streams
    const built = await populate(product.superuserUrl, { tenants: streams, customersPerTenant: 4, sent, agents: Math.min(25, streams) })
    await generator.watch({ kind: 'watch', url: product.url, viewers: await signInViewers(product.url, built, streams) })
    await generator.post({
      kind: 'open',
      target: { host: '127.0.0.1', port: product.ingressPort, path: '/webhooks/whatsapp' },
      plan: { run: randomBytes(4).toString('hex'), tenants: streams, customersPerTenant: 4, firstSent: 0, appSecret: product.appSecret },
      connections: 64,
      durationMs: seconds * 1_000,
      perSecond,
      seed: 7,
    })
    const resident = Object.entries(product.pids()).map(([name, pid]) => ({ name, megabytes: residentMb(pid) ?? Number.NaN }))
    const { missing } = await generator.shown()
    const late: Row = {
      figure: 'messages not shown within 30 s',
      target: 'none',
      result: String(missing),
      baseline: '',
      runs: '',
      met: missing === 0,
    }
    return [...resident.filter(({ name }) => name !== 'postgres').map(({ name, megabytes }) => residentRow(name, megabytes, streams)), late]
  } finally {
    await generator.stop()
    await product?.stop()
  }
}

function residentRow(name: string, megabytes: number, streams: number): Row {
  const most = name === 'web' ? WEB_MB : PROCESS_MB
  const figure = name === 'web' ? `web with ${streams} streams, MB resident` : `${name}, MB resident`
  return { figure, target: `under ${most}`, result: shown(megabytes), baseline: '', runs: '', met: megabytes < most }
}

async function secondStartRow(dataDir: string, broker: Broker | undefined, options: Options): Promise<Row> {
  const times: number[] = []
  for (let run = 0; run < options.runs; run++) {
    const product = await startProduct({ dataDir, env: broker?.env })
    times.push(product.readyMs)
    await product.stop()
  }
  const seconds = times.map((ms) => shown(ms / 1_000))
  return {
    figure: 'npm start the second time, s until ready',
    target: `under ${READY_MS / 1_000}`,
    result: shown(median(times) / 1_000),
    baseline: '',
    runs: seconds.join(', '),
    met: isMetInMost(times, (ms) => ms < READY_MS),
  }
}
