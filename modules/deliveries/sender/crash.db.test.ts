import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pause } from '#platform/clock.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type SendingTenant } from '#tests/builders/outbound.ts'
import { forgetSenders, tenantRows } from '#tests/builders/sending.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type GraphServer, startGraphServer } from '#tests/setup/graph-server.ts'
import { until } from '#tests/setup/senders.ts'

/** Real processes, killed and frozen at each step of a call; the provider's journal says what really left. */
vi.setConfig({ testTimeout: 120_000 })
const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-crash-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const LEASE_MS = 2_500

let graph: GraphServer
let tenant: SendingTenant
const children: ChildProcess[] = []
beforeEach(async () => {
  await forgetSenders(database)
  graph = await startGraphServer()
  tenant = await aSendingTenant(database.web)
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await graph.close()
})

/** A sender process; resolves when it runs, `stood` when it stands where it was told to. */
async function aProcess(standsAt = ''): Promise<{ child: ChildProcess; stood: Promise<void> }> {
  const child = fork('tests/setup/sender-process.ts', [database.urls.worker, graph.url, folder, String(LEASE_MS), standsAt], {
    execArgv: ['--import', 'tsx'],
  })
  children.push(child)
  const said = (word: string) =>
    new Promise<void>((resolve) => {
      const listen = (message: unknown) => {
        if (message !== word) return
        child.off('message', listen)
        resolve()
      }
      child.on('message', listen)
    })
  const stood = said(standsAt)
  await said('started')
  return { child, stood }
}

const rows = <Row>(sql: string) => tenantRows<Row>(database, tenant, sql)
const states = () =>
  rows<{ state: string }>('select state from deliveries where tenant_id = $1 order by queued_at').then((all) => all.map((row) => row.state))
const untilStates = (...wanted: string[]) => until(states, (seen) => seen.join() === wanted.join())

/** After the blow: another sender takes over, and a later message of the same line proves that it does its work. */
async function takeOver(delivery: BuiltDelivery, ...wanted: string[]): Promise<void> {
  await aProcess()
  await until(states, (seen) => seen[0] === wanted[0])
  await rows(`update deliveries set unknown_at = unknown_at - interval '1 minute' where tenant_id = $1`)
  await aDelivery(database.worker, delivery, { text: 'later' })
  await untilStates(...wanted)
}

test('killed before the attempt is committed: the message is still queued, and leaves once', async () => {
  const line = await aLine(database.worker, tenant)
  const superuser = new pg.Client({ connectionString: database.urls.superuser })
  await superuser.connect()
  // The claim can't commit while somebody else keeps the table of attempts.
  await superuser.query('begin')
  await superuser.query('lock table attempts in exclusive mode')
  const { child } = await aProcess()
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await until(
    () => superuser.query(`select from pg_locks where not granted and relation = 'attempts'::regclass`).then((result) => result.rowCount),
    (waiting) => (waiting ?? 0) > 0,
  )
  child.kill('SIGKILL')
  await superuser.query('rollback')
  await superuser.end()
  await takeOver(delivery, 'sent', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['first', 'later'])
})

test('killed between commit and write: unknown, and never sent', async () => {
  const line = await aLine(database.worker, tenant)
  const { child, stood } = await aProcess('before write')
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await stood
  child.kill('SIGKILL')
  expect(await states()).toEqual(['sending'])
  await takeOver(delivery, 'unknown', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['later'])
})

test('killed between write and answer: unknown, and not sent again', async () => {
  const line = await aLine(database.worker, tenant)
  graph.treat = (message) => (message.text === 'first' ? { kind: 'hang' } : { kind: 'accept' })
  const { child } = await aProcess()
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await until(
    () => graph.sent.length,
    (arrived) => arrived === 1,
  )
  child.kill('SIGKILL')
  await takeOver(delivery, 'unknown', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['first', 'later'])
})

test('killed between answer and its commit: unknown, and not sent again', async () => {
  const line = await aLine(database.worker, tenant)
  const { child, stood } = await aProcess('after answer')
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await stood
  child.kill('SIGKILL')
  await takeOver(delivery, 'unknown', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['first', 'later'])
})

test('frozen while it holds the lease: another takes over, and the frozen one’s late answer settles what it had sent', async () => {
  const line = await aLine(database.worker, tenant)
  graph.treat = (message) => (message.text === 'first' ? { kind: 'accept', afterMs: 1_500 } : { kind: 'accept' })
  const { child } = await aProcess()
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await until(
    () => graph.sent.length,
    (arrived) => arrived === 1,
  )
  child.kill('SIGSTOP')
  await takeOver(delivery, 'unknown', 'sent')
  child.kill('SIGCONT')
  await untilStates('sent', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['first', 'later'])
  // A sender short of time may have found its own lease too old for a moment and tried again; that is not what is looked at.
  expect(await rows(`select count(*) as n from attempts where tenant_id = $1 and outcome = 'accepted'`)).toEqual([{ n: 2 }])
})

test('frozen before it looked at its lease: thawed too late it writes nothing, and says so', async () => {
  const line = await aLine(database.worker, tenant)
  const { child, stood } = await aProcess('before check')
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await stood
  child.kill('SIGSTOP')
  await takeOver(delivery, 'unknown', 'sent')
  child.kill('SIGCONT')
  child.send('go')
  await untilStates('failed', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['later'])
})

test('frozen between that look and the write: it is written late, and once', async () => {
  const line = await aLine(database.worker, tenant)
  const { child, stood } = await aProcess('before write')
  const delivery = await aDelivery(database.worker, line, { text: 'first' })
  await stood
  child.kill('SIGSTOP')
  await takeOver(delivery, 'unknown', 'sent')
  child.kill('SIGCONT')
  child.send('go')
  await untilStates('sent', 'sent')
  expect(graph.sent.map((message) => message.text)).toEqual(['later', 'first'])
})

test('under load with kills at random moments nothing is sent twice and nothing is lost', async () => {
  const lines = await Promise.all(Array.from({ length: 80 }, () => aLine(database.worker, tenant)))
  graph.treat = () => ({ kind: 'accept', afterMs: Math.random() * 100 })
  let { child } = await aProcess()
  const writing = (async () => {
    let made = 0
    for (const line of [...lines, ...lines]) {
      await aDelivery(database.worker, line, { text: `message ${made++}` })
      await pause(50)
    }
  })()
  for (let kill = 0; kill < 4; kill++) {
    const arrived = graph.sent.length
    await until(
      () => graph.sent.length,
      (now) => now > arrived + 5,
    )
    child.kill('SIGKILL')
    ;({ child } = await aProcess())
  }
  await writing
  await until(states, (seen) => seen.every((state) => state !== 'sending'))
  // What an unknown one holds back for half a minute may go now.
  await rows(`update deliveries set unknown_at = unknown_at - interval '1 minute' where tenant_id = $1`)
  const end = await until(states, (seen) => seen.every((state) => state === 'sent' || state === 'unknown'))
  expect(end.filter((state) => state === 'unknown').length).toBeGreaterThan(0)

  const copies = new Map<string, number>()
  for (const message of graph.sent) copies.set(message.text, (copies.get(message.text) ?? 0) + 1)
  expect([...copies.values()].filter((count) => count > 1)).toEqual([])
  const sent = await rows<{ body: string; state: string }>(
    'select m.body, d.state from deliveries d join messages m on m.tenant_id = d.tenant_id and m.id = d.message_id where d.tenant_id = $1',
  )
  for (const { body, state } of sent) if (state === 'sent') expect(copies.get(body)).toBe(1)
})
