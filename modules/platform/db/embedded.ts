import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import pg from 'pg'
import { pause } from '../clock.ts'
import { createCluster, EmbeddedPostgresError, place, type ServerUser, serverUser, superuserPassword } from './embedded-cluster.ts'

/** A PostgreSQL server of our own on loopback, from the binaries that npm installed. */
export interface EmbeddedPostgres {
  port: number
  /** Connection string of the superuser to the given database (default `postgres`). */
  superuserUrl(database?: string): string
  pid: number
  /** Where the cluster lies; below the data directory unless the server's user could not reach that. */
  cluster: string
  /** Resolves when the server ends, whoever ended it. */
  exited: Promise<void>
  /** Fast shutdown: open transactions are rolled back, everything committed is kept. */
  stop(): Promise<void>
}

export interface EmbeddedOptions {
  /** Holds the cluster (`postgres/`) and its superuser password (`postgres.password`, 0600). */
  dataDir: string
  /** 0 or absent: a free port. */
  port?: number
  /** Further server settings, such as `['-c', 'fsync=off']` in tests. */
  settings?: string[]
  /** Receives the server's own log lines. */
  onLog?: (line: string) => void
}

/**
 * Starts the embedded server, creating the cluster on first use. As root it runs as an unprivileged user, because PostgreSQL
 * refuses root; when that user can't reach the checkout (a 0700 home), binaries and data live under /var/lib instead.
 * @throws EmbeddedPostgresError when the platform has no binaries, or the server doesn't come up
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true })
  const user = serverUser()
  const { native, cluster } = place(dataDir, user)
  const password = superuserPassword(dataDir)
  if (!existsSync(join(cluster, 'PG_VERSION'))) createCluster({ native, cluster, password, user })
  await endStaleServer(cluster)
  const port = options.port || (await freePort())
  const superuserUrl = (database = 'postgres') => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
  const { child, exited } = await launch({ native, cluster, port, user, options, url: superuserUrl() })
  return { port, superuserUrl, cluster, pid: child.pid ?? 0, exited, stop: () => stop(child, exited) }
}

interface Launch {
  native: string
  cluster: string
  port: number
  user: ServerUser
  options: EmbeddedOptions
  url: string
}

/** Backends of a postmaster that was killed linger for a moment and hold the directory's shared memory: wait for them. */
async function launch(plan: Launch): Promise<{ child: ChildProcess; exited: Promise<void> }> {
  for (let tries = 0; ; tries++) {
    const recentLog: string[] = []
    const child = spawnServer(plan, recentLog)
    const exited = once(child, 'exit').then(() => undefined)
    if (await becomesReady(child, plan.url)) return { child, exited }
    child.kill('SIGKILL')
    await exited
    const isHeld = recentLog.some((line) => /shared memory block|postmaster.pid/.test(line))
    if (!isHeld || tries >= 60)
      throw new EmbeddedPostgresError(`PostgreSQL did not start. Its last words: ${recentLog.slice(-3).join(' | ') || 'none'}`)
    await pause(500)
  }
}

function spawnServer({ native, cluster, port, user, options }: Launch, recentLog: string[]): ChildProcess {
  const settings = ['max_connections=200', 'shared_buffers=256MB', 'max_wal_size=4GB', 'synchronous_commit=on'].flatMap((setting) => [
    '-c',
    setting,
  ])
  const parameters = ['-D', cluster, '-p', String(port), '-h', '127.0.0.1', '-k', '', ...settings, ...(options.settings ?? [])]
  const child = spawn(join(native, 'bin/postgres'), parameters, { ...user, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
  child.stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      recentLog.push(line)
      if (recentLog.length > 20) recentLog.shift()
      options.onLog?.(line)
    }
  })
  return child
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  await exited
}

/** False when it ended, or took half a minute. */
async function becomesReady(child: ChildProcess, url: string): Promise<boolean> {
  for (let tries = 0; tries < 600 && child.exitCode === null && child.signalCode === null; tries++) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      await client.end()
      return true
    } catch {
      await client.end().catch(() => undefined)
      await pause(50)
    }
  }
  return false
}

/** After kill -9 of whoever started it, the server still runs on our directory; end it in an orderly way before starting anew. */
async function endStaleServer(cluster: string): Promise<void> {
  const pidFile = join(cluster, 'postmaster.pid')
  if (!existsSync(pidFile)) return
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0])
  for (let tries = 0; tries < 400 && isOurPostgres(pid, cluster); tries++) {
    if (tries === 0) process.kill(pid, 'SIGINT')
    if (tries === 300) process.kill(pid, 'SIGQUIT')
    await pause(50)
  }
}

function isOurPostgres(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(cluster)
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new EmbeddedPostgresError('no free port on 127.0.0.1')
  return address.port
}
