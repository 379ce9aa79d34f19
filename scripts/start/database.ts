import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { migrate } from '#platform/db/migrate.ts'
import type { Env } from '#platform/env.ts'
import { StartRefused } from './lock.ts'
import { keepPostgres } from './postgres.ts'
import type { Secrets } from './secrets.ts'

/** The database of this run: our own, or the one the environment names. */
export interface PreparedDatabase {
  urls: { web: string; worker: string }
  /** Null when the database is somebody else's to run. */
  embedded: { port: number; pid(): number } | null
  stop(): Promise<void>
}

const MIGRATIONS = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? '../../prisma/migrations' : '../prisma/migrations')

/**
 * Starts the embedded PostgreSQL or takes the given one, and brings its tables up to date.
 * @throws MigrationError, EmbeddedPostgresError or StartRefused, each one readable sentence
 */
export async function prepareDatabase(options: {
  env: Env
  dataDir: string
  secrets: Secrets
  onRestart: () => void
}): Promise<PreparedDatabase> {
  const { env, dataDir, secrets, onRestart } = options
  if (env.DATABASE_URL !== undefined && env.DATABASE_WORKER_URL !== undefined) {
    if (env.DATABASE_OWNER_URL) await migrate(env.DATABASE_OWNER_URL, MIGRATIONS).catch(refuseUnreachable)
    return { urls: { web: env.DATABASE_URL, worker: env.DATABASE_WORKER_URL }, embedded: null, stop: async () => undefined }
  }
  const logFile = join(dataDir, 'logs', 'postgres.log')
  mkdirSync(join(dataDir, 'logs'), { recursive: true })
  const postgres = await keepPostgres(dataDir, secrets, (line) => appendFileSync(logFile, `${line}\n`), onRestart)
  try {
    await migrate(postgres.urls.owner, MIGRATIONS)
  } catch (error) {
    await postgres.stop()
    throw error
  }
  return { urls: postgres.urls, embedded: postgres, stop: postgres.stop }
}

function refuseUnreachable(error: unknown): never {
  const { code, message } = error as { code?: string; message: string }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === '28P01')
    throw new StartRefused(`DATABASE_OWNER_URL can't be used: ${message}`)
  throw error
}
