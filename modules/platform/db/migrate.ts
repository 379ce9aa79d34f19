import { createHash, randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

/** A migration that could not be applied; its message names the folder, the database's words and what to do. */
export class MigrationError extends Error {
  override name = 'MigrationError'
}

interface Migration {
  name: string
  sql: string
  checksum: string
}

/** Arbitrary, ours: two processes that start at once apply migrations one after the other. Prisma's own CLI uses 72707369. */
const MIGRATION_LOCK = 72_707_369

/**
 * Applies pending migrations exactly as `prisma migrate deploy` would, without its CLI: one simple query per folder and the
 * same bookkeeping in `_prisma_migrations`, so both can be used on one database. Each folder is applied in a transaction of
 * its own: a broken one leaves nothing behind.
 * @param ownerUrl connection string of `weft_owner`
 * @returns the names that were applied now
 * @throws MigrationError
 */
export async function migrate(ownerUrl: string, folder: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(bookkeeping)
    const done = await client.query<{ migration_name: string; checksum: string; finished_at: Date | null }>(
      'select migration_name, checksum, finished_at from _prisma_migrations where rolled_back_at is null',
    )
    const applied: string[] = []
    for (const migration of readMigrations(folder)) {
      const earlier = done.rows.find((row) => row.migration_name === migration.name)
      if (earlier) refuseBroken(earlier, migration)
      else {
        await apply(client, migration)
        applied.push(migration.name)
      }
    }
    return applied
  } finally {
    await client.end()
  }
}

function refuseBroken(earlier: { finished_at: Date | null; checksum: string }, migration: Migration): void {
  if (earlier.finished_at === null) {
    throw new MigrationError(
      `Migration ${migration.name} failed earlier and was never resolved. Repair the database, then run: npx prisma migrate resolve --rolled-back ${migration.name}`,
    )
  }
  if (earlier.checksum !== migration.checksum) {
    throw new MigrationError(
      `Migration ${migration.name} was changed after it had been applied. Restore the file; put new changes into a new migration.`,
    )
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  try {
    await client.query('begin')
    await client.query(migration.sql)
    await client.query(
      'insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) values ($1, $2, $3, now(), clock_timestamp(), 1)',
      [randomUUID(), migration.checksum, migration.name],
    )
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => undefined)
    const { message, position } = error as { message: string; position?: string }
    const line = position ? ` (line ${migration.sql.slice(0, Number(position)).split('\n').length})` : ''
    throw new MigrationError(`Migration ${migration.name}${line} could not be applied: ${message}. Nothing of it was kept.`)
  }
}

function readMigrations(folder: string): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    })
}

/** The table as Prisma's schema engine creates it. */
const bookkeeping = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`
