import { cpSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { expect, test } from 'vitest'
import { useDatabase } from '#tests/setup/database.ts'
import { MigrationError, migrate } from './migrate.ts'

const database = useDatabase()

function migrationsWith(extra: Record<string, string>): string {
  const folder = join(mkdtempSync(join(tmpdir(), 'weft-migrations-')), 'migrations')
  cpSync('prisma/migrations', folder, { recursive: true })
  for (const [name, sql] of Object.entries(extra)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

test('what is applied is not applied again', async () => {
  expect(await migrate(database.urls.owner, 'prisma/migrations')).toEqual([])
})

test('a broken migration names its line, leaves nothing behind and can be repaired', async () => {
  const broken = migrationsWith({ '20990101000000_broken': 'create table half_done (id int);\ncreate table oops (id nonsense);' })
  await expect(migrate(database.urls.owner, broken)).rejects.toThrow(/20990101000000_broken \(line 2\).*Nothing of it was kept/)
  const client = new pg.Client({ connectionString: database.urls.owner })
  await client.connect()
  expect((await client.query("select to_regclass('half_done') as there")).rows).toEqual([{ there: null }])
  await client.end()
  const repaired = migrationsWith({ '20990101000000_broken': 'create table half_done (id int);' })
  expect(await migrate(database.urls.owner, repaired)).toEqual(['20990101000000_broken'])
})

test('a migration changed after it was applied is refused', async () => {
  const changed = migrationsWith({ '20990102000000_note': 'select 1;' })
  await migrate(database.urls.owner, changed)
  writeFileSync(join(changed, '20990102000000_note', 'migration.sql'), 'select 2;')
  await expect(migrate(database.urls.owner, changed)).rejects.toThrow(MigrationError)
})

test('two processes that start at once apply each migration once', async () => {
  const folder = migrationsWith({ '20990103000000_twice': 'create table only_once (id int);' })
  const applied = await Promise.all([migrate(database.urls.owner, folder), migrate(database.urls.owner, folder)])
  expect(applied.flat()).toEqual(['20990103000000_twice'])
})
