import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { markLineRead } from '#modules/deliveries/index.ts'
import { MessageReceived } from '#modules/messages/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { createBus } from '#platform/bus/bus.ts'
import { systemClock } from '#platform/clock.ts'
import { emit, eventOf } from '#platform/events.ts'
import { createHttp } from '#platform/http/client.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltLine, type SendingTenant, senderKeys } from '#tests/builders/outbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type GraphServer, startGraphServer } from '#tests/setup/graph-server.ts'
import type { RunningRole, WorkerContext } from './context.ts'
import { start as startMedia } from './media.ts'
import { start as startSender } from './sender.ts'
import { start as startSequencer } from './sequencer.ts'

/** The roles as a process runs them: commits become events, events become hints, and the work gets done. */
vi.setConfig({ testTimeout: 90_000 })
const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-roles-'))
const metrics = createMetrics({ defaults: false })
const http = createHttp()
const roles: RunningRole[] = []
let graph: GraphServer
let bus: WorkerContext['bus']
let tenant: SendingTenant
let line: BuiltLine

beforeAll(async () => {
  graph = await startGraphServer()
  tenant = await aSendingTenant(database.web)
  line = await aLine(database.worker, tenant)
  const log = createLog({ level: 'silent', process: 'test' })
  bus = await createBus({ database: database.worker, clock: systemClock, log, metrics })
  const context = {
    ...{ bus, http, log, metrics, database: database.worker, clock: systemClock, keys: senderKeys, blobs: createDiskBlobs(folder) },
    connectors: { whatsapp: createWhatsapp({ graphUrl: graph.url }) },
  } as unknown as WorkerContext
  for (const start of [startSequencer, startSender, startMedia]) roles.push(await start(context, ['whatsapp']))
})
afterAll(async () => {
  await Promise.all(roles.map((role) => role.stop()))
  await bus.close()
  http.close()
  await graph.close()
  rmSync(folder, { recursive: true, force: true })
})

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => tx.sql<Row>(sql, [toUuid(tenant.tenantId), ...values]))
}

test('a queued message is sent, a seen line is marked as read, a customer’s file is fetched', async () => {
  await aDelivery(database.worker, line, { text: 'Sampai jumpa!' })
  await expect.poll(() => graph.sent.map((message) => message.text), { timeout: 60_000 }).toEqual(['Sampai jumpa!'])

  const [messageId, attachmentId] = [newId('message'), newId('attachment')]
  graph.files.set('77', { bytes: new TextEncoder().encode('name,price\n'), mimeType: 'text/csv' })
  await rows(
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, author_kind, provider_time, sequence, received_at)
     values ($1, $2, $3, $4, $5, 'inbound', 'document', 'contact', now(), 99, now())`,
    [toUuid(messageId), toUuid(line.conversationId), toUuid(line.lineId), toUuid(line.channelAccountId)],
  )
  await rows('insert into external_refs (tenant_id, channel_account_id, external_id, message_id) values ($1, $2, $3, $4)', [
    toUuid(line.channelAccountId),
    'wamid.in',
    toUuid(messageId),
  ])
  await rows(
    `insert into attachments (tenant_id, id, message_id, kind, provider_media_id, state) values ($1, $2, $3, 'document', '77', 'pending')`,
    [toUuid(attachmentId), toUuid(messageId)],
  )
  await database.worker.batchTransaction([tenant.tenantId], systemClock, async (tx) => {
    const about = { conversationId: line.conversationId, messageId, direction: 'inbound' as const, sequence: 99, version: 1 }
    const received = eventOf(MessageReceived, tenant.tenantId, { ...about, attachmentIds: [attachmentId] })
    await emit(tx, [received, ...(await markLineRead(tx, { ...line, assigneeId: null }))])
  })
  await expect.poll(() => graph.marks, { timeout: 60_000 }).toMatchObject([{ status: 'read', message_id: 'wamid.in' }])
  await expect
    .poll(() => rows('select state, mime_type from attachments where tenant_id = $1'), { timeout: 60_000 })
    .toEqual([{ state: 'stored', mime_type: 'text/csv' }])
})

test('every role says that it is ready, and what it did', async () => {
  expect(roles.flatMap((role) => role.unreadyReasons())).toEqual([])
  const said = await metrics.registry.metrics()
  expect(said).toMatch(/weft_sender_calls_total\{channel="whatsapp",outcome="accepted",class=""\} [1-9]/)
  expect(said).toMatch(/weft_sender_oldest_due_seconds\{channel="whatsapp"\} \d/)
  expect(said).toMatch(/weft_sender_circuits\{channel="whatsapp",state="closed"\} 1/)
  expect(said).toMatch(/weft_media_files_total\{result="stored"\} 1/)
})
