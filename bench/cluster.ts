import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { startEmbeddedPostgres } from '#platform/db/embedded.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createDatabaseSql, rolesSql } from '#platform/db/roles.ts'
import { mustStop } from './ending.ts'

export interface DatabaseUrls {
  superuser: string
  web: string
  worker: string
}

/** A PostgreSQL of the benchmark's own: the product's settings, on disk, everything synced. */
export interface Cluster {
  dataDir: string
  /** An empty, migrated database. */
  createDatabase(name: string): Promise<DatabaseUrls>
  /** Stops the server and removes what it kept. */
  stop(): Promise<void>
}

const PASSWORDS = { owner: 'owner', web: 'web', worker: 'worker' }

export async function startCluster(): Promise<Cluster> {
  const dataDir = temporaryDirectory('weft-bench-')
  const server = await startEmbeddedPostgres({ dataDir })
  const stop = mustStop(async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
    // As root the server may keep its files elsewhere, where its user can reach them.
    if (!server.cluster.startsWith(dataDir)) rmSync(dirname(server.cluster), { recursive: true, force: true })
  })
  try {
    await run(server.superuserUrl(), rolesSql(PASSWORDS))
  } catch (error) {
    await stop()
    throw error
  }
  return {
    dataDir,
    createDatabase: async (name) => {
      await run(server.superuserUrl(), createDatabaseSql(name))
      const urlOf = (user: string, password: string) => `postgresql://${user}:${password}@127.0.0.1:${server.port}/${name}`
      await migrate(urlOf('weft_owner', PASSWORDS.owner), join(import.meta.dirname, '../prisma/migrations'))
      return {
        superuser: server.superuserUrl(name),
        web: urlOf('weft_web', PASSWORDS.web),
        worker: urlOf('weft_worker', PASSWORDS.worker),
      }
    },
    stop,
  }
}

/** Where the server's user may enter too, when that is not us. */
export function temporaryDirectory(prefix: string): string {
  const directory = mkdtempSync(join(tmpdir(), prefix))
  chmodSync(directory, 0o755)
  return directory
}

/** Runs statements as whoever the address names. @returns the rows of the last one */
export async function run<Row extends object>(url: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<Row>(sql, values)).rows
  } finally {
    await client.end()
  }
}
