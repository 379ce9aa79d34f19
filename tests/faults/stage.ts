import { appendFileSync, chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createTopics } from '#platform/bus/kafka-cluster.ts'
import { TOPICS } from '#platform/bus/topics.ts'
import { place, serverUser, superuserPassword } from '#platform/db/embedded-cluster.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createLog } from '#platform/log.ts'
import { freePorts } from '#scripts/start/lock.ts'
import { type KeptPostgres, keepPostgres } from '#scripts/start/postgres.ts'
import { loadSecrets, type Secrets } from '#scripts/start/secrets.ts'
import { type KeptBroker, keepBroker } from './kept-broker.ts'
import { KeptProcess } from './kept-process.ts'
import type { BuiltPopulation } from './population.ts'
import { sandboxOptions } from './sandbox-options.ts'

/** Every kind of process of the product, and how many of it run. */
export const ROLES = {
  ingress: 1,
  intake: 2,
  sender: 2,
  sequencer: 2,
  media: 1,
  timers: 1,
  'webhook-log': 1,
  web: 1,
} as const
export type Role = keyof typeof ROLES

/** What the product runs on, without the product: a PostgreSQL that syncs to disk, a broker if asked for, and addresses. */
export interface Ground {
  dataDir: string
  logDir: string
  /** The build this run started with. */
  buildDir: string
  secrets: Secrets
  postgres: KeptPostgres
  broker: KeptBroker | null
  superuserUrl: string
  ports: { web: number; ingress: number; sandbox: number; health: number[] }
  webUrl: string
  sandboxUrl: string
  /** Everything is stopped by its pid; the directory goes unless it holds evidence. */
  stop(options: { keepFiles: boolean }): Promise<void>
}

const ROOT = join(import.meta.dirname, '../..')
const HEALTH_PORTS = Object.values(ROLES).reduce((sum: number, count) => sum + count, 0)

export async function layGround(isKafka: boolean): Promise<Ground> {
  const dataDir = mkdtempSync(join(tmpdir(), 'weft-faults-'))
  // The database server may run as another user, who has to get in.
  chmodSync(dataDir, 0o755)
  const logDir = join(dataDir, 'logs')
  mkdirSync(logDir)
  // A copy, because whoever builds meanwhile would pull the code from under processes that start again; beside node_modules.
  const buildDir = join(ROOT, '.cache', `faults-${process.pid}`)
  cpSync(join(ROOT, 'build'), buildDir, { recursive: true })
  const writer = (name: string) => (line: string) => appendFileSync(join(logDir, `${name}.log`), `${line}\n`)
  const secrets = loadSecrets(dataDir)
  const postgres = await keepPostgres(dataDir, secrets, writer('postgres'), () => undefined)
  let broker: KeptBroker | null = null
  // Children notice that we are gone; a database server does not.
  const endServer = () => process.kill(postgres.pid(), 'SIGQUIT')
  process.once('exit', endServer)
  const stop = async ({ keepFiles }: { keepFiles: boolean }) => {
    await broker?.stop()
    await postgres.stop()
    process.removeListener('exit', endServer)
    rmSync(buildDir, { recursive: true, force: true })
    if (keepFiles) return
    const { cluster } = place(dataDir, serverUser())
    rmSync(dataDir, { recursive: true, force: true })
    if (!cluster.startsWith(dataDir)) rmSync(dirname(cluster), { recursive: true, force: true })
  }
  try {
    await migrate(postgres.urls.owner, join(ROOT, 'prisma/migrations'))
    if (isKafka) {
      broker = await keepBroker(join(dataDir, 'kafka'), writer('kafka'))
      const log = createLog({ level: 'warn', process: 'faults' })
      await createTopics({ brokers: broker.brokers, allowUnreplicated: true }, TOPICS, log)
    }
    const [web = 0, ingress = 0, sandbox = 0, ...health] = await freePorts(3 + HEALTH_PORTS)
    return {
      dataDir,
      logDir,
      buildDir,
      secrets,
      postgres,
      broker,
      superuserUrl: `postgresql://postgres:${superuserPassword(dataDir)}@127.0.0.1:${postgres.port}/weft`,
      ports: { web, ingress, sandbox, health },
      webUrl: `http://127.0.0.1:${web}`,
      sandboxUrl: `http://127.0.0.1:${sandbox}`,
      stop,
    }
  } catch (error) {
    await stop({ keepFiles: false })
    throw error
  }
}

/** The running product and its simulated provider, each role a process of its own from the build. */
export interface Product {
  processes: Readonly<Record<Role, readonly KeptProcess[]>>
  untilReady(withinMs: number): Promise<void>
  stop(): Promise<void>
}

export async function raiseProduct(
  ground: Ground,
  population: BuiltPopulation,
  paths: Record<string, string | undefined>,
): Promise<Product> {
  const optionsFile = join(ground.dataDir, 'sandbox.json')
  writeFileSync(optionsFile, JSON.stringify(sandboxOptions(ground, population)), { mode: 0o600 })
  const provider = new KeptProcess({
    name: 'sandbox',
    args: [join(ground.buildDir, 'sandbox.js'), optionsFile],
    env: paths,
    readyUrl: `${ground.sandboxUrl}/readyz`,
    logFile: join(ground.logDir, 'sandbox.log'),
  })
  const processes = rolesOf(ground, paths)
  const all = [provider, ...Object.values(processes).flat()]
  const product: Product = {
    processes,
    untilReady: async (withinMs) => void (await Promise.all(all.map((one) => one.untilReady(withinMs)))),
    stop: async () => {
      await Promise.all(Object.values(processes).flatMap((some) => some.map((one) => one.stop(8_000))))
      await provider.stop(5_000)
    },
  }
  for (const one of all) one.start()
  try {
    await product.untilReady(90_000)
  } catch (error) {
    await product.stop()
    throw error
  }
  return product
}

function rolesOf(ground: Ground, paths: Record<string, string | undefined>): Record<Role, KeptProcess[]> {
  const { ports, webUrl, sandboxUrl, secrets, postgres, broker } = ground
  const shared = {
    ...paths,
    NODE_ENV: 'production',
    WEFT_DATA_DIR: ground.dataDir,
    HOST: '127.0.0.1',
    PORT: String(ports.web),
    PUBLIC_URL: webUrl,
    DATABASE_URL: postgres.urls.web,
    DATABASE_WORKER_URL: postgres.urls.worker,
    AUTH_SECRET: secrets.authSecret,
    WEFT_KEYS: secrets.keys,
    META_APP_SECRET: secrets.metaAppSecret,
    META_VERIFY_TOKEN: secrets.metaVerifyToken,
    META_GRAPH_URL: `${sandboxUrl}/graph/v25.0`,
    INGRESS_PORT: String(ports.ingress),
    INGRESS_URL: `http://127.0.0.1:${ports.ingress}`,
    ...(broker ? { KAFKA_BROKERS: broker.brokers.join(','), KAFKA_ALLOW_UNREPLICATED: 'on' } : {}),
  }
  const healthPorts = ports.health[Symbol.iterator]()
  const start = (role: Role, nth: number, count: number): KeptProcess => {
    const healthPort = role === 'web' ? ports.web : (healthPorts.next().value ?? 0)
    const name = count === 1 ? role : `${role}-${nth}`
    return new KeptProcess({
      name,
      args: [join(ground.buildDir, 'main.js'), role],
      env: { ...shared, METRICS_PORT: String(healthPort) },
      readyUrl: `http://127.0.0.1:${healthPort}/readyz`,
      logFile: join(ground.logDir, `${name}.log`),
    })
  }
  const entries = Object.entries(ROLES) as [Role, number][]
  return Object.fromEntries(
    entries.map(([role, count]) => [role, Array.from({ length: count }, (_, nth) => start(role, nth + 1, count))]),
  ) as Record<Role, KeptProcess[]>
}
