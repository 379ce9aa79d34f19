import { describe, expect, test, vi } from 'vitest'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { createSeenTeller } from '#modules/deliveries/index.ts'
import { tenantBlobKey } from '#platform/blobs/port.ts'
import { pause, systemClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aDelivery, aLine, type BuiltDelivery } from '#tests/builders/outbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { useSenders } from '#tests/setup/senders.ts'

// Real time passes here, and a busy machine makes it longer.
vi.setConfig({ testTimeout: 90_000 })
const database = useDatabase()
const at = useSenders(database)

describe('errors of the provider', () => {
  test('a transient one is tried again after two seconds, before anything else on the line', async () => {
    const line = await aLine(database.worker, at.tenant)
    at.graph.treat = (_message, before) => (before === 0 ? { kind: 'error', code: 131016, status: 500 } : { kind: 'accept' })
    at.aSender()
    const first = await aDelivery(database.worker, line, { text: 'first' })
    const second = await aDelivery(database.worker, line, { text: 'second' })
    await at.untilState(second, 'sent')
    expect(at.graph.sent.map((message) => message.text)).toEqual(['first', 'first', 'second'])
    const [before, again] = at.graph.sent
    expect((again?.at ?? 0) - (before?.at ?? 0)).toBeGreaterThanOrEqual(1_990)
    expect(before?.echo).not.toBe(again?.echo)
    expect(await at.view(first)).toMatchObject({ state: 'sent', errorCode: null })
  })

  test('too fast for one person: only this person waits', async () => {
    const [one, other] = [await aLine(database.worker, at.tenant), await aLine(database.worker, at.tenant)]
    at.graph.treat = (message) => (message.to === `+${one.phone}` ? { kind: 'error', code: 131056 } : { kind: 'accept' })
    at.aSender()
    const waiting = await aDelivery(database.worker, one)
    await at.until(
      () => at.view(waiting),
      (seen) => seen?.errorCode === '131056',
    )
    await at.untilState(await aDelivery(database.worker, other), 'sent')
    await at.untilState(await aDelivery(database.worker, other), 'sent')
    expect(await at.view(waiting)).toMatchObject({ state: 'sending', errorClass: 'pair_rate' })
    expect(await at.rows('select hold_reason from lines where tenant_id = $1 and held_until > now()')).toEqual([
      { hold_reason: 'pair_rate' },
    ])
  })

  test('an expired token fails the message, stops the account and says why; the rest waits for a person', async () => {
    const [one, other] = [await aLine(database.worker, at.tenant), await aLine(database.worker, at.tenant)]
    at.graph.treat = () => ({ kind: 'error', code: 190, title: 'Access token has expired', status: 401 })
    at.aSender()
    await at.untilState(await aDelivery(database.worker, one), 'failed')
    const account = () =>
      at.rows<{ status: string; status_reason: string }>('select status, status_reason from channel_accounts where tenant_id = $1')
    expect(await at.until(account, ([seen]) => seen?.status === 'error')).toMatchObject([
      { status_reason: 'Access token has expired (190)' },
    ])
    at.graph.treat = () => ({ kind: 'accept' })
    const waiting = await aDelivery(database.worker, other)
    await pause(300)
    expect(await at.view(waiting)).toMatchObject({ state: 'queued' })
    await at.rows(`update channel_accounts set status = 'active' where tenant_id = $1`)
    await at.untilState(waiting, 'sent')
  })
})

describe('pace', () => {
  test('an account keeps to its rate, and people who wait for an answer go before a campaign', async () => {
    const [waiting, ...others] = await Promise.all(Array.from({ length: 13 }, () => aLine(database.worker, at.tenant)))
    if (!waiting) throw new Error('no lines')
    await Promise.all(others.map((line) => aDelivery(database.worker, line, { lane: 'bulk' })))
    // One at a time, three a second.
    at.aSender({ messagesPerSecond: 4 })
    await at.until(
      () => at.graph.sent.length,
      (sent) => sent >= 2,
    )
    await at.untilState(await aDelivery(database.worker, waiting, { text: 'answer' }), 'sent')
    await at.until(
      () => at.graph.sent.length,
      (sent) => sent === 13,
    )
    expect(at.graph.sent.at(-1)?.text).not.toBe('answer')
    // The exact rule is proven with a clock of its own (limits.test.ts); here requests also travel.
    expect((at.graph.sent.at(-1)?.at ?? 0) - (at.graph.sent[0]?.at ?? 0)).toBeGreaterThan(3_500)
  })

  test('the circuit opens after five outages, tries one call, and closes when it gets through', async () => {
    const lines = await Promise.all(Array.from({ length: 8 }, () => aLine(database.worker, at.tenant)))
    at.graph.treat = () => ({ kind: 'bare', status: 503 })
    at.aSender()
    const states: string[] = []
    const circuit = async () => {
      const [row] = await at.rows<{ circuit: string; circuit_reason: string | null }>(
        'select circuit, circuit_reason from channel_accounts where tenant_id = $1',
      )
      if (row && states.at(-1) !== row.circuit) states.push(row.circuit)
      return row
    }
    for (const line of lines.slice(0, 5)) await at.untilState(await aDelivery(database.worker, line), 'unknown')
    expect(await at.until(circuit, (seen) => seen?.circuit === 'open')).toMatchObject({ circuit_reason: expect.stringContaining('503') })
    const waiting = await aDelivery(database.worker, lines[5] as never)
    await pause(300)
    expect(await at.view(waiting)).toMatchObject({ state: 'queued' })
    expect(at.graph.sent).toHaveLength(5)
    at.graph.treat = () => ({ kind: 'accept', afterMs: 300 })
    await at.until(circuit, (seen) => seen?.circuit === 'closed')
    expect(states).toEqual(['open', 'half_open', 'closed'])
    await at.untilState(waiting, 'sent')
    const told = await at.rows<{ n: number }>(
      `select count(*) as n from bus.outbox where tenant_id = $1 and type = 'channel_account.changed'`,
    )
    expect(told[0]?.n).toBeGreaterThanOrEqual(4)
  })
})

describe('files', () => {
  async function aFileMessage(given: { bytes?: boolean } = {}): Promise<BuiltDelivery> {
    const blobKey = tenantBlobKey(at.tenant.tenantId, 'uploads', newId('upload'))
    if (given.bytes !== false) await at.blobs.put(blobKey, new Uint8Array(2_000))
    // Queued for a moment later, so that its file is there before its turn comes.
    const soon = new Date(systemClock.now().getTime() + 200)
    const delivery = await aDelivery(database.worker, await aLine(database.worker, at.tenant), {
      kind: 'image',
      text: 'Look!',
      dueAt: soon,
    })
    await attach(delivery, blobKey)
    return delivery
  }
  const attach = (delivery: { messageId: Id<'message'> }, blobKey: string) =>
    at.rows(
      `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, state, blob_key)
       values ($1, $2, $3, 'image', 'image/png', 'photo.png', 2000, 'stored', $4)`,
      [toUuid(newId('attachment')), toUuid(delivery.messageId), blobKey],
    )

  test('are handed over first, and once for all messages with them', async () => {
    at.aSender()
    const delivery = await aFileMessage()
    await at.untilState(delivery, 'sent')
    expect(at.graph.uploads).toMatchObject([{ from: at.tenant.address }])
    expect(at.graph.sent).toMatchObject([{ body: { type: 'image', image: { id: 'media-1', caption: 'Look!' } } }])
    const [stored] = await at.rows<{ blob_key: string }>('select blob_key from attachments where tenant_id = $1')
    const soon = new Date(systemClock.now().getTime() + 200)
    const again = await aDelivery(database.worker, await aLine(database.worker, at.tenant), { kind: 'image', dueAt: soon })
    await attach(again, stored?.blob_key ?? '')
    await at.untilState(again, 'sent')
    expect(at.graph.uploads).toHaveLength(1)
  })

  test('an upload that breaks off is simply repeated', async () => {
    let uploads = 0
    at.graph.treatUpload = () => (++uploads === 1 ? { kind: 'reset' } : { kind: 'accept' })
    at.aSender()
    const delivery = await aFileMessage()
    await at.until(
      () => at.view(delivery),
      (seen) => seen?.errorCode === 'upload_interrupted',
    )
    await at.untilState(delivery, 'sent')
    expect(at.graph.uploads).toHaveLength(2)
    expect(at.graph.sent).toHaveLength(1)
  })

  test('one that is gone fails its message in words', async () => {
    at.aSender()
    expect(await at.untilState(await aFileMessage({ bytes: false }), 'failed')).toMatchObject({
      errorClass: 'media',
      errorCode: 'file_missing',
    })
  })
})

describe('what members see and type', () => {
  const mark = (given: { typing?: boolean; agoMs?: number } = {}) => ({
    tenantId: at.tenant.tenantId,
    seen: {
      ...{
        conversationId: newId('conversation'),
        lineId: newId('line'),
        channelAccountId: at.tenant.channelAccountId,
        externalId: 'wamid.in',
      },
      ...{ typing: given.typing ?? false, at: new Date(systemClock.now().getTime() - (given.agoMs ?? 0)).toISOString() },
    },
  })
  const aTeller = () =>
    createSeenTeller({
      connectors: { whatsapp: createWhatsapp({ graphUrl: at.graph.url }) as never },
      ...{ ...at.parts, database: database.worker },
    })

  test('is told to the provider, without waiting in any lane', async () => {
    const teller = aTeller()
    await teller.tell([mark(), mark({ typing: true })])
    await teller.drained()
    expect(at.graph.marks.sort((a) => ('typing_indicator' in a ? 1 : -1))).toMatchObject([
      { status: 'read', message_id: 'wamid.in' },
      { status: 'read', message_id: 'wamid.in', typing_indicator: { type: 'text' } },
    ])
  })

  test('is dropped when it comes late, and once a line however often it was said', async () => {
    const teller = aTeller()
    const twice = mark()
    await teller.tell([mark({ agoMs: 61_000 }), twice, twice])
    await teller.drained()
    expect(at.graph.marks).toHaveLength(1)
  })
})
