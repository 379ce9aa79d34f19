import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createBlobs } from '#platform/blobs/blobs.ts'
import { createBus } from '#platform/bus/bus.ts'
import { monotonicMs, pause, systemClock } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { readEnv } from '#platform/env.ts'
import { toUuid } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { seededRandom } from '#sandbox/random.ts'
import { Agents } from './agents.ts'
import { misbehave } from './behaviours.ts'
import { Chaos } from './chaos.ts'
import { checkAccepted } from './checks/accepted.ts'
import { checkLive } from './checks/live.ts'
import { checkOnce } from './checks/once.ts'
import { checkOrder } from './checks/order.ts'
import { checkOrphans } from './checks/orphans.ts'
import { checkPeople } from './checks/people.ts'
import { loadSends } from './checks/sends.ts'
import { checkSentOnce, countUnknown } from './checks/sent-once.ts'
import { checkStates } from './checks/states.ts'
import { Customers } from './customers.ts'
import { type Evidence, factsOf } from './evidence.ts'
import type { FaultPlan } from './options.ts'
import { type BuiltPopulation, populate } from './population.ts'
import { type ProviderClient, providerClient } from './provider.ts'
import type { Outcome } from './report.ts'
import { freeClaimedFiles, type SettledByPeople, settleUnknown, untilQuiet } from './settle.ts'
import { type Ground, layGround, type Product, raiseProduct } from './stage.ts'
import { Screen } from './stream.ts'
import { signIn, type WebClient } from './web-client.ts'
import { openWitness, type Witness } from './witness.ts'

export interface RunOptions {
  plan: FaultPlan
  /** What every process needs of ours, such as PATH and HOME. */
  paths: Record<string, string | undefined>
  /** A line for whoever waits. */
  say(line: string): void
  signal: AbortSignal
}

export interface RunResult {
  outcome: Outcome
  /** Logs, journal and database stay here when asked for. */
  dataDir: string
  /** Stops what the run started; the files go unless they are evidence. */
  close(options: { keepFiles: boolean }): Promise<void>
}

/** Companies that somebody watches, and how many screens each: the first is watched twice. */
const WATCHED = [0, 0, 1]
/** How often a screen's line breaks by itself, ms. */
const DROP_MS = 9_000

interface Standing {
  ground: Ground
  product: Product
  population: BuiltPopulation
  witness: Witness
  provider: ProviderClient
  web: WebClient
  bus: Awaited<ReturnType<typeof createBus>>
}

/**
 * One run: raises the product, lets customers and agents work while processes die, waits until nothing moves, and compares what the
 * provider, the screens and the database know.
 */
export async function runFaults(options: RunOptions): Promise<RunResult> {
  const { plan, say } = options
  const startedAt = monotonicMs()
  const closers: (() => Promise<void>)[] = []
  const ground = await layGround(plan.isKafka)
  const close = async ({ keepFiles }: { keepFiles: boolean }) => {
    for (const closer of closers.reverse()) await closer().catch(() => undefined)
    await ground.stop({ keepFiles })
  }
  try {
    const standing = await raise(options, ground, closers)
    say(`everything runs after ${seconds(startedAt)} s; logs are in ${ground.logDir}`)
    const suffering = suffer(options, standing)
    suffering.catch(() => undefined)
    const { evidence, chaos, agents } = await Promise.race([suffering, refusalOf(options.signal)])
    const outcome = await compare(plan, evidence, chaos, agents)
    say(`compared after ${seconds(startedAt)} s`)
    return { outcome: { ...outcome, seconds: (monotonicMs() - startedAt) / 1_000 }, dataDir: ground.dataDir, close }
  } catch (error) {
    await close({ keepFiles: true })
    throw new Error(`${(error as Error).message} (what there is lies in ${ground.dataDir})`, { cause: error })
  }
}

async function raise({ plan, paths }: RunOptions, ground: Ground, closers: (() => Promise<void>)[]): Promise<Standing> {
  const witness = openWitness(ground.superuserUrl)
  closers.push(() => witness.close())
  const database = await openDatabase({ url: ground.postgres.urls.worker, role: 'weft_worker', poolSize: 4, onError: () => undefined })
  closers.push(() => database.close())
  const population = await populate(
    { witness, database, secrets: ground.secrets },
    { tenants: plan.tenants, people: Math.ceil(plan.checks / 2) },
  )
  const kafka = ground.broker ? { brokers: ground.broker.brokers, allowUnreplicated: true } : undefined
  const log = createLog({ level: 'fatal', process: 'faults' })
  const bus = await createBus({ kafka, database, clock: systemClock, log, metrics: createMetrics({ defaults: false }) })
  closers.push(() => bus.close())
  const product = await raiseProduct(ground, population, paths)
  closers.push(() => product.stop())
  const web = await signIn(ground.webUrl, population)
  return { ground, product, population, witness, provider: providerClient(ground.sandboxUrl), web, bus }
}

/** Load and faults together, then rest. */
async function suffer({ plan, say, signal }: RunOptions, standing: Standing) {
  const { population, provider, web, ground, product } = standing
  const aloneMs = plan.faultsMs / 3
  const shared = { seed: plan.seed, aloneMs }
  const debutsWithinMs = plan.faultsMs * 0.9
  const customers = new Customers({ ...shared, provider, population, messagesPerSecond: plan.messagesPerSecond, debutsWithinMs })
  const agents = new Agents({ ...shared, web, tenants: population.tenants, repliesPerSecond: plan.repliesPerSecond })
  const screens = WATCHED.flatMap((n) => population.tenants[n] ?? []).map((tenant) => new Screen(web, ground.webUrl, tenant))
  const watching = screens.map((screen) => screen.run())
  await misbehave(provider, plan.seed)
  const chaos = new Chaos({ ...standing, plan, note: noter(ground, signal) })
  const load = new AbortController()
  const stopLoad = () => load.abort()
  signal.addEventListener('abort', stopLoad)
  const working = Promise.all([customers.run(load.signal), agents.run(load.signal), dropLines(screens, plan.seed, load.signal)])
  // A load that fails early ends the faults as well.
  const faults = chaos.run(signal).then(() => untilAnswered(agents, plan, signal))
  await Promise.race([faults, working.then(() => undefined)]).finally(stopLoad)
  say('the faults are over; everything comes to rest')
  await working
  const people = await rest(standing, plan, signal)
  await untilShown(screens, standing.witness)
  for (const screen of screens) screen.stop()
  await Promise.all(watching)
  await product.untilReady(10_000)
  const journal = await provider.readJournal()
  const blobs = await createBlobs(readEnv({ WEFT_DATA_DIR: ground.dataDir }))
  const records = screens.map(({ record }) => record)
  const evidence: Evidence = { ...standing, journal, customers: customers.record, replies: agents.replies, screens: records, people, blobs }
  writeFileSync(join(ground.dataDir, 'screens.json'), JSON.stringify(records))
  return { evidence, chaos, agents }
}

/** Until agents have written what the checks of sending need; a web process that dies often lets few replies through. */
async function untilAnswered(agents: Agents, { replies, extraMs }: FaultPlan, signal: AbortSignal): Promise<void> {
  const deadline = monotonicMs() + extraMs
  while (agents.replies.length < replies && monotonicMs() < deadline) await pause(100, signal)
}

/** Comes to rest, lets people settle what is left, and comes to rest again. */
async function rest(standing: Standing, plan: FaultPlan, signal: AbortSignal): Promise<SettledByPeople> {
  await standing.product.untilReady(60_000)
  await standing.provider.clearBehaviours()
  await freeClaimedFiles(standing)
  await untilQuiet(standing, plan.settleMs, signal)
  const people = await settleUnknown(standing)
  await untilQuiet(standing, plan.settleMs, signal)
  return people
}

async function dropLines(screens: readonly Screen[], seed: number, signal: AbortSignal): Promise<void> {
  const random = seededRandom(seed + 1)
  while (!signal.aborted) {
    await pause((DROP_MS * (0.3 + random() * 1.4)) / screens.length, signal)
    screens[Math.floor(random() * screens.length)]?.dropLine()
  }
}

/** Until every screen has come to the end of its company's log; what it lacks after that, it missed. */
async function untilShown(screens: readonly Screen[], witness: Witness): Promise<void> {
  const deadline = monotonicMs() + 20_000
  for (const { record } of screens) {
    const [head] = await witness.rows<{ sequence: number }>(
      'select sequence::float8 as sequence from bus.log_heads where tenant_id = $1::uuid',
      [toUuid(record.tenant.tenantId)],
    )
    while (record.reached < (head?.sequence ?? 0) && monotonicMs() < deadline) await pause(100)
  }
}

async function compare(plan: FaultPlan, evidence: Evidence, chaos: Chaos, agents: Agents): Promise<Outcome> {
  const sends = await loadSends(evidence)
  const findings = [
    await checkAccepted(evidence),
    await checkOnce(evidence),
    await checkOrder(evidence),
    checkStates(evidence, sends),
    await checkSentOnce(evidence, sends),
    await checkPeople(evidence),
    await checkLive(evidence),
    await checkOrphans(evidence),
  ]
  const load = {
    'messages of customers': evidence.customers.written.size,
    'webhooks answered': factsOf(evidence, 'webhook.answered').length,
    'replies of agents': evidence.replies.length,
    'refused for now': [...agents.refusals.values()].reduce((sum, count) => sum + count, 0),
    receipts: factsOf(evidence, 'receipt').length,
    'reconnects of screens': evidence.screens.reduce((sum, { resumedAt }) => sum + resumedAt.length, 0),
  }
  return { plan, seconds: 0, faults: chaos.counts, findings, unknown: countUnknown(sends), load }
}

/** Rejects when the run is called off; what still runs then is stopped under its feet. */
function refusalOf(signal: AbortSignal): Promise<never> {
  const refusal = new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
  refusal.catch(() => undefined)
  return refusal
}

/** The order of faults, for whoever reads the logs beside it. */
function noter({ logDir }: Ground, signal: AbortSignal): (line: string) => void {
  const file = join(logDir, 'faults.log')
  return (line) => writeFileSync(file, `${systemClock.now().toISOString()} ${line}${signal.aborted ? ' (too late)' : ''}\n`, { flag: 'a' })
}

const seconds = (since: number): string => ((monotonicMs() - since) / 1_000).toFixed(0)
