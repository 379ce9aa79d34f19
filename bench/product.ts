import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { monotonicMs } from '#platform/clock.ts'
import { freePorts } from '#scripts/start/lock.ts'
import { mustStop } from './ending.ts'

/** The whole product as `npm start` runs it, on a data directory of the benchmark's own. */
export interface Product {
  url: string
  /** How long it took until it said that it is ready. */
  readyMs: number
  superuserUrl: string
  workerUrl: string
  appSecret: string
  ingressPort: number
  /** Every process by its name, PostgreSQL and the supervisor among them. */
  pids(): Record<string, number>
  stop(): Promise<void>
}

const READY_MS = 120_000

/**
 * @param options.dataDir the same one again is a second start
 * @throws with its last words when it does not become ready
 */
export async function startProduct(options: { dataDir: string; env?: Record<string, string> }): Promise<Product> {
  const { dataDir, env = {} } = options
  const [port = 0] = await freePorts(1)
  const startedAt = monotonicMs()
  // As npm runs it, but for npm itself, whose own pid we would not get to stop.
  const command = `"$0" --import tsx scripts/build.ts --if-stale && exec "$0" --enable-source-maps build/start.js`
  const child = spawn('/bin/sh', ['-c', command, process.execPath], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, NODE_ENV: 'production', LOG_LEVEL: 'warn', PORT: String(port), WEFT_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const exited = once(child, 'exit')
  const stop = mustStop(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await exited
  })
  let said = ''
  const ready = new Promise<boolean>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        if (said.includes('Weft is ready')) resolve(true)
      })
    }
    void exited.then(() => resolve(false))
    setTimeout(() => resolve(false), READY_MS).unref()
  })
  if (!(await ready)) {
    await stop()
    throw new Error(`the product did not start: ${said.trim().split('\n').slice(-5).join(' | ')}`)
  }
  return {
    url: `http://localhost:${port}`,
    readyMs: monotonicMs() - startedAt,
    ...addressesOf(dataDir),
    pids: () => readPids(dataDir),
    stop,
  }
}

interface Secrets {
  workerPassword: string
  metaAppSecret: string
}

function addressesOf(dataDir: string): Pick<Product, 'superuserUrl' | 'workerUrl' | 'appSecret' | 'ingressPort'> {
  const read = (file: string) => readFileSync(join(dataDir, file), 'utf8').trim()
  const secrets = JSON.parse(read('secrets.json')) as Secrets
  const { postgres, ingress } = JSON.parse(read('processes.json')) as Record<'postgres' | 'ingress', { port: number }>
  const urlOf = (user: string, password: string) => `postgresql://${user}:${password}@127.0.0.1:${postgres.port}/weft`
  return {
    superuserUrl: urlOf('postgres', read('postgres.password')),
    workerUrl: urlOf('weft_worker', secrets.workerPassword),
    appSecret: secrets.metaAppSecret,
    ingressPort: ingress.port,
  }
}

function readPids(dataDir: string): Record<string, number> {
  const processes = JSON.parse(readFileSync(join(dataDir, 'processes.json'), 'utf8')) as Record<string, { pid: number }>
  return Object.fromEntries(Object.entries(processes).map(([name, { pid }]) => [name, pid]))
}
