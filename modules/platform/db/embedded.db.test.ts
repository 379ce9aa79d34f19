import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import pg from 'pg'
import { afterEach, expect, test } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded.ts'

const running: EmbeddedPostgres[] = []
afterEach(async () => {
  for (const server of running.splice(0)) await server.stop()
})

async function start(dataDir: string, port?: number): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir, port })
  running.push(server)
  return server
}

async function query<Row>(server: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: server.superuserUrl() })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows as Row[]
}

function folder(mode: number): string {
  const dir = mkdtempSync(join(tmpdir(), 'weft-embedded-'))
  chmodSync(dir, mode)
  return dir
}

test('what was committed is there after kill -9 of the server', async () => {
  const dataDir = folder(0o755)
  const first = await start(dataDir)
  await query(first, 'create table kept as select 42 as answer')
  process.kill(first.pid, 'SIGKILL')
  await first.exited
  const second = await start(dataDir, first.port)
  expect(await query(second, 'select answer from kept')).toEqual([{ answer: 42 }])
  expect(await query(second, 'show synchronous_commit')).toEqual([{ synchronous_commit: 'on' }])
})

test('a server that outlived its starter is ended in order, not fought with', async () => {
  const dataDir = folder(0o755)
  const first = await start(dataDir)
  const second = await start(dataDir)
  await first.exited
  expect(await query(second, 'select 1 as up')).toEqual([{ up: 1 }])
})

test('a checkout under a directory that only its owner may enter works as well', async () => {
  const home = folder(0o700)
  const dataDir = join(home, 'weft', '.data')
  mkdirSync(dataDir, { recursive: true })
  const server = await start(dataDir)
  expect(await query(server, "select 'Élan' ilike 'élan' as folded")).toEqual([{ folded: true }])
  await server.stop()
  if (server.cluster.startsWith('/var/lib/weft-')) rmSync(dirname(server.cluster), { recursive: true })
  rmSync(home, { recursive: true, force: true })
})
