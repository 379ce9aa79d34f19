import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { afterAll, beforeAll, inject } from 'vitest'
import { type Database, openDatabase } from '#platform/db/database.ts'
import { urlAs } from './postgres.ts'

export interface TestDatabase {
  /** As `weft_web` and `weft_worker`, exactly as the product runs. */
  web: Database
  worker: Database
  urls: { superuser: string; owner: string; web: string; worker: string }
}

/** A database of this test file's own, cloned from the migrated template. Call at the top of a `*.db.test.ts`. */
export function useDatabase(): TestDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`
  const superuser = inject('superuserUrl')
  const urls = {
    superuser: urlAs(superuser, 'postgres', new URL(superuser).password, name),
    owner: urlAs(superuser, 'weft_owner', 'owner', name),
    web: urlAs(superuser, 'weft_web', 'web', name),
    worker: urlAs(superuser, 'weft_worker', 'worker', name),
  }
  const database = { urls } as TestDatabase
  beforeAll(async () => {
    await withSuperuser(superuser, `create database ${name} template weft_template owner weft_owner`)
    database.web = await openDatabase({ url: urls.web, role: 'weft_web', poolSize: 5, connectTimeoutMs: 30_000 })
    database.worker = await openDatabase({ url: urls.worker, role: 'weft_worker', poolSize: 10, connectTimeoutMs: 30_000 })
  })
  afterAll(async () => {
    await database.web?.close()
    await database.worker?.close()
    await withSuperuser(superuser, `drop database if exists ${name} with (force)`)
  })
  return database
}

async function withSuperuser(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  // Cloning takes a lock on the template; two files that start at once simply wait for each other.
  await client.query('select pg_advisory_lock(4711)')
  await client.query(sql)
  await client.end()
}
