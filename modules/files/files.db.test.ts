import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MediaKind } from '#channels/connector.ts'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { touchMessages } from '#modules/messages/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { heldClock, monotonicMs, pause, systemClock } from '#platform/clock.ts'
import { createHttp } from '#platform/http/client.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltLine, type SendingTenant, senderKeys } from '#tests/builders/outbound.ts'
import { aMember } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type GraphServer, startGraphServer } from '#tests/setup/graph-server.ts'
import { attachUpload } from './attach-upload.ts'
import { loadAttachmentViews } from './load-attachment-views.ts'
import { type MediaFetcher, startMediaFetcher } from './media-fetcher.ts'
import { openFile } from './open-file.ts'
import { storeUpload } from './store-upload.ts'

const database = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'weft-files-'))
const blobs = createDiskBlobs(folder)
const http = createHttp({ timeoutMs: 1_000 })
const media = CAPABILITIES.media
afterAll(() => {
  http.close()
  rmSync(folder, { recursive: true, force: true })
})

let tenant: SendingTenant
let line: BuiltLine
let photo: Uint8Array
beforeEach(async () => {
  tenant = await aSendingTenant(database.web)
  line = await aLine(database.worker, tenant)
  photo = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'green' } })
    .png()
    .toBuffer()
})

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => tx.sql<Row>(sql, [toUuid(tenant.tenantId), ...values]))
}
const viewsOf = (messageId: Id<'message'>, clock = systemClock) =>
  database.web
    .tenantTransaction(tenant.tenantId, clock, (tx) => loadAttachmentViews(tx, tenant.tenantId, [messageId]))
    .then((views) => views.get(messageId) ?? [])

describe('a file a member picks', () => {
  const upload = (bytes: Uint8Array, fileName = 'photo.png', mimeType = 'image/png') =>
    storeUpload(tenant.scope, { bytes, fileName, mimeType }, { blobs, media })

  test('is stored and becomes a message’s file, which its signed address opens', async () => {
    const stored = await upload(photo, '../secret/Foto été.PNG', 'application/pdf')
    if (!stored.ok) throw new Error(stored.code)
    expect(stored.value).toMatchObject({ kind: 'image', mimeType: 'image/png', fileName: 'Foto été.PNG', width: 40, height: 30 })
    const { messageId } = await aDelivery(database.worker, line)
    const attached = await tenant.scope.transaction((tx) => attachUpload(tx, { messageId, uploadId: stored.value.id, media }))
    expect(attached).toMatchObject({ ok: true, value: { kind: 'image', fileName: 'Foto été.PNG' } })
    const [view] = await viewsOf(messageId)
    expect(view).toMatchObject({ state: 'stored', width: 40, sizeBytes: photo.byteLength })
    const opened = await openFile({ database: database.web, blobs, clock: systemClock }, { url: view?.url ?? '' })
    expect(opened).toMatchObject({ ok: true, value: { mimeType: 'image/png', isInline: true, range: null } })
    expect(opened.ok && Buffer.compare(opened.value.bytes, photo)).toBe(0)
  })

  test('that is no file of the channel is refused with the limit it broke', async () => {
    const big = new Uint8Array(5_000_001)
    big.set(photo)
    expect(await upload(big)).toMatchObject({
      ok: false,
      code: 'attachment_rejected',
      detail: { limit: 'size', kind: 'image', maxBytes: 5_000_000 },
    })
    expect(await upload(new Uint8Array(20_000_001), 'x.bin')).toMatchObject({ detail: { limit: 'size', maxBytes: 20_000_000 } })
    expect(await upload(new Uint8Array())).toMatchObject({ detail: { limit: 'content' } })
    expect(await upload(photo.subarray(0, 20))).toMatchObject({ detail: { limit: 'content', kind: 'image' } })
    const pictures = { image: media.image }
    expect(
      await storeUpload(
        tenant.scope,
        { bytes: new TextEncoder().encode('%PDF-1.7'), fileName: 'a.pdf', mimeType: '' },
        { blobs, media: pictures },
      ),
    ).toMatchObject({
      detail: { limit: 'type', mimeType: 'application/pdf', allowedTypes: ['image/jpeg', 'image/png'] },
    })
    expect(await rows('select count(*) as n from uploads where tenant_id = $1')).toEqual([{ n: 0 }])
  })

  test('is refused from who may not send, and another tenant’s upload does not exist', async () => {
    const reader = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'all' }] })
    expect(await storeUpload(reader, { bytes: photo, fileName: 'a.png', mimeType: '' }, { blobs, media })).toMatchObject({
      code: 'not_allowed',
    })
    const stored = await upload(photo)
    const neighbour = await aSendingTenant(database.web)
    const attached = await neighbour.scope.transaction((tx) =>
      attachUpload(tx, { messageId: newId('message'), uploadId: stored.ok ? stored.value.id : newId('upload'), media }),
    )
    expect(attached).toMatchObject({ ok: false, code: 'attachment_rejected' })
  })
})

describe('a signed address', () => {
  async function aStoredFile(bytes: Uint8Array, mimeType: string) {
    const { messageId } = await aDelivery(database.worker, line)
    const key = `tenants/${tenant.tenantId}/media/${messageId}`
    await blobs.put(key, bytes)
    await rows(
      `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, state, blob_key) values ($1, $2, $3, 'document', $4, 'a', $5, 'stored', $6)`,
      [toUuid(newId('attachment')), toUuid(messageId), mimeType, bytes.byteLength, key],
    )
    return (await viewsOf(messageId))[0]?.url ?? ''
  }
  const open = (url: string, range?: { first: number; last?: number }, clock = systemClock) =>
    openFile({ database: database.web, blobs, clock }, { url, range })

  test('gives parts, as players ask for them', async () => {
    const url = await aStoredFile(new TextEncoder().encode('0123456789'), 'audio/ogg')
    const part = async (range: { first: number; last?: number }) => {
      const opened = await open(url, range)
      return opened.ok ? [Buffer.from(opened.value.bytes).toString(), opened.value.range, opened.value.sizeBytes] : opened.code
    }
    expect(await part({ first: 2, last: 4 })).toEqual(['234', { first: 2, last: 4 }, 10])
    expect(await part({ first: 7 })).toEqual(['789', { first: 7, last: 9 }, 10])
    expect(await part({ first: -3 })).toEqual(['789', { first: 7, last: 9 }, 10])
    expect(await part({ first: 8, last: 500 })).toEqual(['89', { first: 8, last: 9 }, 10])
    expect(await part({ first: 10 })).toEqual(['0123456789', null, 10])
  })

  test('opens nothing when it ran out, was changed, or names another tenant’s file', async () => {
    const url = await aStoredFile(photo, 'image/png')
    expect(await open(url)).toMatchObject({ ok: true })
    const later = heldClock(new Date(systemClock.now().getTime() + 3 * 3_600_000))
    const neighbour = await aSendingTenant(database.web)
    for (const wrong of [
      open(url, undefined, later),
      open(url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))),
      open(url.replace(tenant.tenantId, neighbour.tenantId)),
      open(url.replace(/att_\w+/, newId('attachment'))),
      open('/files/nonsense'),
    ])
      expect(await wrong).toEqual({ ok: false, code: 'not_found' })
  })

  test.each([
    ['image/jpeg', true],
    ['video/mp4', true],
    ['image/svg+xml', false],
    ['text/html', false],
    ['application/pdf', false],
  ])('%s may be shown in a page: %s', async (mimeType, isInline) => {
    expect(await open(await aStoredFile(photo, mimeType))).toMatchObject({ value: { isInline } })
  })
})

describe('a customer’s file', () => {
  let graph: GraphServer
  const fetchers: MediaFetcher[] = []
  beforeEach(async () => {
    graph = await startGraphServer()
  })
  afterEach(async () => {
    await Promise.all(fetchers.splice(0).map((fetcher) => fetcher.stop()))
    await graph.close()
  })

  function aFetcher(pollMs = 50): MediaFetcher {
    const fetcher = startMediaFetcher({
      connectors: { whatsapp: createWhatsapp({ graphUrl: graph.url }) as never },
      ...{ database: database.worker, clock: systemClock, http, blobs, keys: senderKeys, pollMs },
      ...{ log: createLog({ level: 'silent', process: 'test' }), metrics: createMetrics({ defaults: false }) },
      announce: (tx, messages) => touchMessages(tx, messages, ['attachments']),
    })
    fetchers.push(fetcher)
    return fetcher
  }
  async function arrives(kind: MediaKind, given: { mimeType?: string; fileName?: string } = {}): Promise<Id<'message'>> {
    const { messageId } = await aDelivery(database.worker, line)
    await rows(
      `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, provider_media_id, state) values ($1, $2, $3, $4, $5, $6, '77', 'pending')`,
      [toUuid(newId('attachment')), toUuid(messageId), kind, given.mimeType ?? null, given.fileName ?? null],
    )
    return messageId
  }
  async function untilState(messageId: Id<'message'>, state: string) {
    for (const end = monotonicMs() + 10_000; ; await pause(20)) {
      const [view] = await viewsOf(messageId)
      if (view?.state === state) return view
      if (monotonicMs() > end) throw new Error(`still ${JSON.stringify(view)}`)
    }
  }

  test('is fetched, looked at, stored, and the bubble is told', async () => {
    graph.files.set('77', { bytes: photo, mimeType: 'image/png' })
    const messageId = await arrives('image')
    aFetcher()
    const view = await untilState(messageId, 'stored')
    expect(view).toMatchObject({ kind: 'image', mimeType: 'image/png', fileName: 'image.png', width: 40, height: 30, failure: null })
    expect(await openFile({ database: database.web, blobs, clock: systemClock }, { url: view.url ?? '' })).toMatchObject({ ok: true })
    expect(await rows(`select payload from bus.outbox where tenant_id = $1 and type = 'message.changed'`)).toMatchObject([
      { payload: { messageId, conversationId: line.conversationId, changed: ['attachments'], version: 2 } },
    ])
  })

  test('a hint makes it be fetched at once', async () => {
    graph.files.set('77', { bytes: photo, mimeType: 'image/png' })
    const fetcher = aFetcher(60_000)
    await pause(100)
    const messageId = await arrives('image')
    fetcher.wake(tenant.tenantId)
    await untilState(messageId, 'stored')
  })

  test('that only says it is a picture is a document, for download only', async () => {
    graph.files.set('77', { bytes: new TextEncoder().encode('<script>alert(1)</script>'), mimeType: 'image/png' })
    const messageId = await arrives('image', { mimeType: 'image/png', fileName: 'cat.png' })
    aFetcher()
    const view = await untilState(messageId, 'stored')
    expect(view).toMatchObject({ kind: 'document', mimeType: 'text/plain', width: null })
    expect(await openFile({ database: database.web, blobs, clock: systemClock }, { url: view.url ?? '' })).toMatchObject({
      value: { isInline: false },
    })
  })

  test('that is gone or too large fails with the reason', async () => {
    const gone = await arrives('image')
    graph.files.clear()
    aFetcher()
    expect(await untilState(gone, 'failed')).toMatchObject({ failure: '100', url: null })
    graph.files.set('77', { bytes: new Uint8Array(20_000_001), mimeType: 'video/mp4' })
    expect(await untilState(await arrives('video'), 'failed')).toMatchObject({ failure: 'media_too_large' })
  })

  test('is tried again when the provider is unwell', async () => {
    graph.files.set('77', { bytes: photo, mimeType: 'image/png' })
    graph.treatFetch = () => ({ kind: 'bare', status: 503 })
    const messageId = await arrives('image')
    aFetcher()
    for (const end = monotonicMs() + 5_000; ; await pause(20)) {
      const [row] = await rows<{ tries: number; later: boolean }>(
        `select tries, due_at between now() + interval '5 seconds' and now() + interval '20 seconds' as later from attachments where tenant_id = $1`,
      )
      if (row?.tries === 1 && row.later) break
      if (monotonicMs() > end) throw new Error(JSON.stringify(row))
    }
    graph.treatFetch = () => ({ kind: 'accept' })
    await rows('update attachments set due_at = now() where tenant_id = $1')
    expect(await untilState(messageId, 'stored')).toMatchObject({ failure: null })
  })

  test('is fetched once though several workers look for it', async () => {
    graph.files.set('77', { bytes: photo, mimeType: 'image/png' })
    const messages = await Promise.all(Array.from({ length: 20 }, () => arrives('image')))
    for (let n = 0; n < 3; n++) aFetcher()
    for (const messageId of messages) await untilState(messageId, 'stored')
    expect(graph.fetched).toHaveLength(20)
  })
})
