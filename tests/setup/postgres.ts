import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { startEmbeddedPostgres } from '#platform/db/embedded.ts'
import { migrate } from '#platform/db/migrate.ts'
import { createDatabaseSql, rolesSql } from '#platform/db/roles.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Connection string of the superuser, to the server that holds the migrated template `weft_template`. */
    superuserUrl: string
  }
}

/** One real PostgreSQL for the whole run, with a migrated template that each test file clones (tests/setup/database.ts). */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'weft-test-'))
  // The temporary directory is 0700, which the server's user could not enter when we are root.
  const { chmodSync } = await import('node:fs')
  chmodSync(dataDir, 0o755)
  const server = await startEmbeddedPostgres({ dataDir, settings: ['-c', 'fsync=off', '-c', 'full_page_writes=off'] })
  const client = new pg.Client({ connectionString: server.superuserUrl() })
  await client.connect()
  await client.query(rolesSql({ owner: 'owner', web: 'web', worker: 'worker' }))
  await client.query(createDatabaseSql('weft_template'))
  await client.end()
  await migrate(urlAs(server.superuserUrl('weft_template'), 'weft_owner', 'owner'), 'prisma/migrations')
  project.provide('superuserUrl', server.superuserUrl())
  return async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}

export function urlAs(url: string, user: string, password: string, database?: string): string {
  const copy = new URL(url)
  copy.username = user
  copy.password = password
  if (database) copy.pathname = `/${database}`
  return copy.href
}
