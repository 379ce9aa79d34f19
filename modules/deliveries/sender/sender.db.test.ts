import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { tenantBlobKey } from '#platform/blobs/port.ts'
import { monotonicMs, pause, systemClock } from '#platform/clock.ts'
import { createHttp } from '#platform/http/client.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type SendingTenant, senderKeys } from '#tests/builders/outbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type GraphServer, startGraphServer } from '#tests/setup/graph-server.ts'
import { loadDeliveryViews } from '../load-delivery-views.ts'
import { recordReceipts } from '../record-receipts.ts'
import { type Sender, startSender } from './sender.ts'
import { createSeenTeller } from './tell-seen.ts'

// Real time passes here, and a busy machine makes it longer.
vi.setConfig({ testTimeout: 90_000 })
const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-sender-'))
const blobs = createDiskBlobs(folder)
const http = createHttp({ timeoutMs: 1_000 })
const log = createLog({ level: 'silent', process: 'test' })
const metrics = createMetrics({ defaults: false })
afterAll(() => {
  http.close()
  rmSync(folder, { recursive: true, force: true })
})

let graph: GraphServer
let tenant: SendingTenant
const senders: Sender[] = []
beforeEach(async () => {
  await database.worker.platformTransaction(systemClock, async (tx) => {
    for (const table of ['bus.senders', 'bus.sender_leases', 'channel_addresses']) await tx.sql(`delete from ${table}`)
  })
  graph = await startGraphServer()
  tenant = await aSendingTenant(database.web)
})
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()))
  await graph.close()
})

function aSender(given: { leaseMs?: number; pollMs?: number; messagesPerSecond?: number } = {}): Sender {
  const whatsapp = createWhatsapp({ graphUrl: graph.url })
  const { messagesPerSecond = whatsapp.capabilities.messagesPerSecond } = given
  const connector = { ...whatsapp, capabilities: { ...whatsapp.capabilities, messagesPerSecond } }
  const sender = startSender({
    channel: 'whatsapp',
    connector,
    ...{ database: database.worker, clock: systemClock, log, metrics, http, keys: senderKeys, blobs },
    ...{ leaseMs: given.leaseMs ?? 4_000, pollMs: given.pollMs ?? 50 },
  })
  senders.push(sender)
  return sender
}

async function until<T>(look: () => Promise<T> | T, isGood: (seen: T) => boolean, withinMs = 30_000): Promise<T> {
  const end = monotonicMs() + withinMs
  for (;;) {
    const seen = await look()
    if (isGood(seen)) return seen
    if (monotonicMs() > end) throw new Error(`still ${JSON.stringify(seen)}`)
    await pause(10)
  }
}

async function view(delivery: BuiltDelivery) {
  const load = (tx: Parameters<typeof loadDeliveryViews>[0]) => loadDeliveryViews(tx, delivery.tenantId, [delivery.messageId])
  return (await database.web.tenantTransaction(delivery.tenantId, systemClock, load)).get(delivery.messageId)
}
const untilState = (delivery: BuiltDelivery, state: string, withinMs?: number) =>
  until(
    () => view(delivery),
    (seen) => seen?.state === state,
    withinMs,
  )

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => tx.sql<Row>(sql, [toUuid(tenant.tenantId), ...values]))
}

describe('a message out', () => {
  test('reaches the provider once, as written, to the person of its line', async () => {
    const line = await aLine(database.worker, tenant)
    aSender()
    const delivery = await aDelivery(database.worker, line, { text: 'Halo!' })
    expect(await untilState(delivery, 'sent')).toMatchObject({ errorCode: null })
    expect(graph.sent).toMatchObject([{ from: tenant.address, to: `+${line.phone}`, text: 'Halo!', echo: expect.stringMatching(/^atm_/) }])
  })

  test('a hint makes it leave at once, without waiting for the next poll', async () => {
    const line = await aLine(database.worker, tenant)
    const sender = aSender({ pollMs: 60_000 })
    await until(
      () => rows('select 1 from bus.sender_leases where tenant_id = $1 and holder is not null'),
      (seen) => seen.length === 1,
    )
    const delivery = await aDelivery(database.worker, line)
    const startedAt = monotonicMs()
    sender.wake(tenant.channelAccountId)
    await untilState(delivery, 'sent')
    expect(monotonicMs() - startedAt).toBeLessThan(20_000)
  })

  test('messages of one line arrive in their order, however fast they are written', async () => {
    const line = await aLine(database.worker, tenant)
    graph.treat = () => ({ kind: 'accept', afterMs: Math.random() * 20 })
    aSender()
    const words = ['one', 'two', 'three', 'four', 'five', 'six']
    const deliveries: BuiltDelivery[] = []
    for (const text of words) deliveries.push(await aDelivery(database.worker, line, { text }))
    for (const delivery of deliveries) await untilState(delivery, 'sent')
    expect(graph.sent.map((message) => message.text)).toEqual(words)
  })

  test('a receipt that comes before the answer is kept, and the echo finds its delivery', async () => {
    const line = await aLine(database.worker, tenant)
    graph.treat = () => ({ kind: 'hang' })
    aSender()
    const delivery = await aDelivery(database.worker, line)
    const [message] = await until(
      () => graph.sent,
      (sent) => sent.length === 1,
    )
    await database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) =>
      recordReceipts(tx, [
        {
          ...tenant,
          receivedAt: tx.now,
          event: {
            type: 'receipt',
            account: { channel: 'whatsapp', address: tenant.address },
            providerTime: tx.now.toISOString(),
            externalId: message?.externalId ?? '',
            status: 'delivered',
            echo: message?.echo,
          },
        },
      ]),
    )
    expect(await view(delivery)).toMatchObject({ state: 'delivered' })
    await until(
      () => rows<{ outcome: string }>('select outcome from attempts where tenant_id = $1'),
      ([attempt]) => attempt?.outcome === 'ambiguous',
    )
    expect(await view(delivery)).toMatchObject({ state: 'delivered' })
  })
})

describe('nothing is sent twice', () => {
  test.each([
    ['a timeout', { kind: 'hang' }],
    ['a reset', { kind: 'reset' }],
    ['a bare 500', { kind: 'bare', status: 500 }],
    ['a bare 200', { kind: 'bare', status: 200 }],
  ] as const)('%s leaves it unknown, and nobody sends it again', async (_name, treatment) => {
    const line = await aLine(database.worker, tenant)
    graph.treat = () => treatment
    aSender()
    const delivery = await aDelivery(database.worker, line)
    expect(await untilState(delivery, 'unknown')).toMatchObject({ nextTryAt: null })
    await rows(`update deliveries set unknown_at = unknown_at - interval '1 hour' where tenant_id = $1`)
    const next = await aDelivery(database.worker, line)
    graph.treat = () => ({ kind: 'accept' })
    await untilState(next, 'sent')
    expect(graph.sent.map((message) => message.echo)).toHaveLength(2)
    expect(await view(delivery)).toMatchObject({ state: 'unknown' })
  })

  test('a closed port was surely not reached: it is tried again and leaves once', async () => {
    const line = await aLine(database.worker, tenant)
    const url = graph.url
    await graph.close()
    const port = Number(new URL(url).port)
    aSender()
    const delivery = await aDelivery(database.worker, line)
    await until(
      () => view(delivery),
      (seen) => seen?.nextTryAt !== null && seen?.errorCode === 'not_connected',
    )
    const { createServer } = await import('node:http')
    let arrived = 0
    const late = createServer((request, response) => {
      arrived++
      request.resume().on('end', () => response.end(JSON.stringify({ messages: [{ id: 'wamid.late' }] })))
    })
    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve))
    await untilState(delivery, 'sent')
    late.closeAllConnections()
    await new Promise((resolve) => late.close(resolve))
    expect(arrived).toBe(1)
    expect(await rows('select outcome from attempts where tenant_id = $1 order by number')).toEqual([
      { outcome: 'refused' },
      { outcome: 'accepted' },
    ])
  })

  test('two senders share the accounts, and each message leaves once', async () => {
    const tenants = [tenant, ...(await Promise.all(Array.from({ length: 5 }, () => aSendingTenant(database.web))))]
    const lines = await Promise.all(tenants.flatMap((one) => [aLine(database.worker, one), aLine(database.worker, one)]))
    aSender({ leaseMs: 1_000 })
    aSender({ leaseMs: 1_000 })
    const counts = () =>
      database.worker.platformTransaction(systemClock, (tx) =>
        tx.sql<{ accounts: number }>(
          'select count(*)::int as accounts from bus.sender_leases where holder is not null group by holder order by 1',
        ),
      )
    await until(counts, (seen) => seen.length === 2 && seen.every((one) => one.accounts === 3))
    const deliveries = await Promise.all(lines.flatMap((line) => [aDelivery(database.worker, line), aDelivery(database.worker, line)]))
    for (const delivery of deliveries) await untilState(delivery, 'sent')
    expect(graph.sent).toHaveLength(deliveries.length)
    expect(new Set(graph.sent.map((message) => message.echo)).size).toBe(deliveries.length)
  })

  test('a sender that stops lets its calls end and gives its accounts back at once', async () => {
    const line = await aLine(database.worker, tenant)
    graph.treat = () => ({ kind: 'accept', afterMs: 300 })
    const first = aSender({ leaseMs: 60_000 })
    const delivery = await aDelivery(database.worker, line)
    await until(
      () => graph.sent,
      (sent) => sent.length === 1,
    )
    await first.stop()
    expect(await view(delivery)).toMatchObject({ state: 'sent' })
    aSender({ leaseMs: 60_000 })
    await untilState(await aDelivery(database.worker, line), 'sent')
  })
})

describe('errors of the provider', () => {
  test('a transient one is tried again after two seconds, before anything else on the line', async () => {
    const line = await aLine(database.worker, tenant)
    graph.treat = (_message, before) => (before === 0 ? { kind: 'error', code: 131016, status: 500 } : { kind: 'accept' })
    aSender()
    const first = await aDelivery(database.worker, line, { text: 'first' })
    const second = await aDelivery(database.worker, line, { text: 'second' })
    await untilState(second, 'sent')
    expect(graph.sent.map((message) => message.text)).toEqual(['first', 'first', 'second'])
    const [before, again] = graph.sent
    expect((again?.at ?? 0) - (before?.at ?? 0)).toBeGreaterThanOrEqual(1_990)
    expect(before?.echo).not.toBe(again?.echo)
    expect(await view(first)).toMatchObject({ state: 'sent', errorCode: null })
  })

  test('too fast for one person: only this person waits', async () => {
    const [one, other] = [await aLine(database.worker, tenant), await aLine(database.worker, tenant)]
    graph.treat = (message) => (message.to === `+${one.phone}` ? { kind: 'error', code: 131056 } : { kind: 'accept' })
    aSender()
    const waiting = await aDelivery(database.worker, one)
    await until(
      () => view(waiting),
      (seen) => seen?.errorCode === '131056',
    )
    await untilState(await aDelivery(database.worker, other), 'sent')
    await untilState(await aDelivery(database.worker, other), 'sent')
    expect(await view(waiting)).toMatchObject({ state: 'sending', errorClass: 'pair_rate' })
    expect(await rows('select hold_reason from lines where tenant_id = $1 and held_until > now()')).toEqual([{ hold_reason: 'pair_rate' }])
  })

  test('an expired token fails the message, stops the account and says why; the rest waits for a person', async () => {
    const [one, other] = [await aLine(database.worker, tenant), await aLine(database.worker, tenant)]
    graph.treat = () => ({ kind: 'error', code: 190, title: 'Access token has expired', status: 401 })
    aSender()
    await untilState(await aDelivery(database.worker, one), 'failed')
    const account = () =>
      rows<{ status: string; status_reason: string }>('select status, status_reason from channel_accounts where tenant_id = $1')
    expect(await until(account, ([seen]) => seen?.status === 'error')).toMatchObject([{ status_reason: 'Access token has expired (190)' }])
    graph.treat = () => ({ kind: 'accept' })
    const waiting = await aDelivery(database.worker, other)
    await pause(300)
    expect(await view(waiting)).toMatchObject({ state: 'queued' })
    await rows(`update channel_accounts set status = 'active' where tenant_id = $1`)
    await untilState(waiting, 'sent')
  })
})

describe('pace', () => {
  test('an account keeps to its rate, and people who wait for an answer go before a campaign', async () => {
    const [waiting, ...others] = await Promise.all(Array.from({ length: 13 }, () => aLine(database.worker, tenant)))
    if (!waiting) throw new Error('no lines')
    await Promise.all(others.map((line) => aDelivery(database.worker, line, { lane: 'bulk' })))
    // One at a time, three a second.
    aSender({ messagesPerSecond: 4 })
    await until(
      () => graph.sent.length,
      (sent) => sent >= 2,
    )
    await untilState(await aDelivery(database.worker, waiting, { text: 'answer' }), 'sent')
    await until(
      () => graph.sent.length,
      (sent) => sent === 13,
    )
    expect(graph.sent.at(-1)?.text).not.toBe('answer')
    // The exact rule is proven with a clock of its own (limits.test.ts); here requests also travel.
    expect((graph.sent.at(-1)?.at ?? 0) - (graph.sent[0]?.at ?? 0)).toBeGreaterThan(3_500)
  })

  test('the circuit opens after five outages, tries one call, and closes when it gets through', async () => {
    const lines = await Promise.all(Array.from({ length: 8 }, () => aLine(database.worker, tenant)))
    graph.treat = () => ({ kind: 'bare', status: 503 })
    aSender()
    const states: string[] = []
    const circuit = async () => {
      const [row] = await rows<{ circuit: string; circuit_reason: string | null }>(
        'select circuit, circuit_reason from channel_accounts where tenant_id = $1',
      )
      if (row && states.at(-1) !== row.circuit) states.push(row.circuit)
      return row
    }
    for (const line of lines.slice(0, 5)) await untilState(await aDelivery(database.worker, line), 'unknown')
    expect(await until(circuit, (seen) => seen?.circuit === 'open')).toMatchObject({ circuit_reason: expect.stringContaining('503') })
    const waiting = await aDelivery(database.worker, lines[5] as never)
    await pause(300)
    expect(await view(waiting)).toMatchObject({ state: 'queued' })
    expect(graph.sent).toHaveLength(5)
    graph.treat = () => ({ kind: 'accept', afterMs: 300 })
    await until(circuit, (seen) => seen?.circuit === 'closed')
    expect(states).toEqual(['open', 'half_open', 'closed'])
    await untilState(waiting, 'sent')
    const told = await rows<{ n: number }>(`select count(*) as n from bus.outbox where tenant_id = $1 and type = 'channel_account.changed'`)
    expect(told[0]?.n).toBeGreaterThanOrEqual(4)
  })
})

describe('files', () => {
  async function aFileMessage(given: { bytes?: boolean } = {}): Promise<BuiltDelivery> {
    const blobKey = tenantBlobKey(tenant.tenantId, 'uploads', newId('upload'))
    if (given.bytes !== false) await blobs.put(blobKey, new Uint8Array(2_000))
    // Queued for a moment later, so that its file is there before its turn comes.
    const soon = new Date(systemClock.now().getTime() + 200)
    const delivery = await aDelivery(database.worker, await aLine(database.worker, tenant), { kind: 'image', text: 'Look!', dueAt: soon })
    await attach(delivery, blobKey)
    return delivery
  }
  const attach = (delivery: { messageId: Id<'message'> }, blobKey: string) =>
    rows(
      `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, state, blob_key)
       values ($1, $2, $3, 'image', 'image/png', 'photo.png', 2000, 'stored', $4)`,
      [toUuid(newId('attachment')), toUuid(delivery.messageId), blobKey],
    )

  test('are handed over first, and once for all messages with them', async () => {
    aSender()
    const delivery = await aFileMessage()
    await untilState(delivery, 'sent')
    expect(graph.uploads).toMatchObject([{ from: tenant.address }])
    expect(graph.sent).toMatchObject([{ body: { type: 'image', image: { id: 'media-1', caption: 'Look!' } } }])
    const [stored] = await rows<{ blob_key: string }>('select blob_key from attachments where tenant_id = $1')
    const soon = new Date(systemClock.now().getTime() + 200)
    const again = await aDelivery(database.worker, await aLine(database.worker, tenant), { kind: 'image', dueAt: soon })
    await attach(again, stored?.blob_key ?? '')
    await untilState(again, 'sent')
    expect(graph.uploads).toHaveLength(1)
  })

  test('an upload that breaks off is simply repeated', async () => {
    let uploads = 0
    graph.treatUpload = () => (++uploads === 1 ? { kind: 'reset' } : { kind: 'accept' })
    aSender()
    const delivery = await aFileMessage()
    await until(
      () => view(delivery),
      (seen) => seen?.errorCode === 'upload_interrupted',
    )
    await untilState(delivery, 'sent')
    expect(graph.uploads).toHaveLength(2)
    expect(graph.sent).toHaveLength(1)
  })

  test('one that is gone fails its message in words', async () => {
    aSender()
    expect(await untilState(await aFileMessage({ bytes: false }), 'failed')).toMatchObject({
      errorClass: 'media',
      errorCode: 'file_missing',
    })
  })
})

describe('what members see and type', () => {
  const mark = (given: { typing?: boolean; agoMs?: number } = {}) => ({
    tenantId: tenant.tenantId,
    seen: {
      ...{
        conversationId: newId('conversation'),
        lineId: newId('line'),
        channelAccountId: tenant.channelAccountId,
        externalId: 'wamid.in',
      },
      ...{ typing: given.typing ?? false, at: new Date(systemClock.now().getTime() - (given.agoMs ?? 0)).toISOString() },
    },
  })
  const aTeller = () =>
    createSeenTeller({
      connectors: { whatsapp: createWhatsapp({ graphUrl: graph.url }) as never },
      ...{ database: database.worker, clock: systemClock, log, http, keys: senderKeys },
    })

  test('is told to the provider, without waiting in any lane', async () => {
    const teller = aTeller()
    await teller.tell([mark(), mark({ typing: true })])
    await teller.drained()
    expect(graph.marks.sort((a) => ('typing_indicator' in a ? 1 : -1))).toMatchObject([
      { status: 'read', message_id: 'wamid.in' },
      { status: 'read', message_id: 'wamid.in', typing_indicator: { type: 'text' } },
    ])
  })

  test('is dropped when it comes late, and once a line however often it was said', async () => {
    const teller = aTeller()
    const twice = mark()
    await teller.tell([mark({ agoMs: 61_000 }), twice, twice])
    await teller.drained()
    expect(graph.marks).toHaveLength(1)
  })
})
