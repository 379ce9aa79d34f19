import { beforeEach, describe, expect, test } from 'vitest'
import type { ProviderError, ReceiptReceived, SendOutcome } from '#channels/connector.ts'
import { type Clock, heldClock, systemClock } from '#platform/clock.ts'
import type { BatchTx } from '#platform/db/database.ts'
import { type EmittedEvent, emit } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type BuiltLine, type SendingTenant } from '#tests/builders/outbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { abandonCalls } from './abandon-calls.ts'
import { type Claim, claimDeliveries } from './claim-deliveries.ts'
import { type Lease, renewLeases } from './leases.ts'
import { loadDeliveryViews } from './load-delivery-views.ts'
import { recordReceipts } from './record-receipts.ts'
import { settleAttempts } from './settle-attempts.ts'

const database = useDatabase()
const SECOND = 1_000

/** One sender with its lease, and the hands to move deliveries one step at a time. */
async function aSender(tenant: SendingTenant, clock: Clock & { advance(ms: number): void } = heldClock(systemClock.now())) {
  const holder = newId('sender')
  const inTx = async <T>(work: (tx: BatchTx) => Promise<T & { events?: EmittedEvent[] }>): Promise<T> =>
    database.worker.batchTransaction([tenant.tenantId], clock, async (tx) => {
      const result = await work(tx)
      await emit(tx, result.events ?? [])
      return result
    })
  const lease = async (leaseMs = 60 * SECOND): Promise<Lease[]> => {
    const { held } = await database.worker.platformTransaction(clock, (tx) => renewLeases(tx, { holder, channel: 'whatsapp', leaseMs }))
    return held.filter((one) => one.tenantId === tenant.tenantId)
  }
  let leases = await lease()
  const claim = (given: { interactive?: number; bulk?: number; resting?: Id<'line'>[] } = {}): Promise<Claim> =>
    inTx((tx) =>
      claimDeliveries(tx, {
        holder,
        rooms: leases.flatMap((one) => [
          { ...one, lane: 'interactive' as const, calls: given.interactive ?? 10 },
          { ...one, lane: 'bulk' as const, calls: given.bulk ?? 10 },
        ]),
        limit: 100,
        hasReplyWindow: true,
        restingLines: given.resting ?? [],
        uploading: [],
      }),
    )
  const settle = async (claim: Claim, outcome: SendOutcome, which = 0) => {
    const call = claim.calls[which]
    if (!call) throw new Error('nothing was claimed')
    await inTx(async (tx) => ({ events: await settleAttempts(tx, [{ ...call, outcome }]) }))
  }
  const receive = (...events: Partial<ReceiptReceived>[]) =>
    inTx(async (tx) => ({
      events: await recordReceipts(
        tx,
        events.map((event) => ({
          tenantId: tenant.tenantId,
          channelAccountId: tenant.channelAccountId,
          receivedAt: clock.now(),
          event: {
            type: 'receipt',
            account: { channel: 'whatsapp', address: tenant.address },
            providerTime: clock.now().toISOString(),
            externalId: 'wamid.1',
            status: 'delivered',
            ...event,
          } as ReceiptReceived,
        })),
      ),
    }))
  return {
    clock,
    claim,
    settle,
    receive,
    lease: async (leaseMs?: number) => {
      leases = await lease(leaseMs)
      return leases
    },
    abandon: (running: Id<'attempt'>[] = []) => inTx((tx) => abandonCalls(tx, { holder, leases, running })),
  }
}

async function view(delivery: BuiltDelivery) {
  const views = await database.web.tenantTransaction(delivery.tenantId, systemClock, (tx) =>
    loadDeliveryViews(tx, delivery.tenantId, [delivery.messageId]),
  )
  return views.get(delivery.messageId)
}

async function rows<Row>(tenant: { tenantId: Id<'tenant'> }, sql: string): Promise<Row[]> {
  return database.worker.batchTransaction([tenant.tenantId], systemClock, (tx) => tx.sql<Row>(sql, [toUuid(tenant.tenantId)]))
}

const refusal = (code: string, errorClass: ProviderError['class'], retryAfterMs?: number): SendOutcome => ({
  kind: 'refused',
  error: { code, class: errorClass, title: `Error ${code}` },
  retryAfterMs,
})
const accepted = (externalId: string): SendOutcome => ({ kind: 'accepted', externalId })

let tenant: SendingTenant
let line: BuiltLine
let sender: Awaited<ReturnType<typeof aSender>>
beforeEach(async () => {
  // Every test has the accounts for itself, so that fair shares are what it expects.
  await database.worker.platformTransaction(systemClock, async (tx) => {
    for (const table of ['bus.senders', 'bus.sender_leases', 'channel_addresses']) await tx.sql(`delete from ${table}`)
  })
  tenant = await aSendingTenant(database.web)
  line = await aLine(database.worker, tenant)
  sender = await aSender(tenant)
})

describe('order on a line', () => {
  test('messages of a line leave one at a time, in the order they were queued', async () => {
    const first = await aDelivery(database.worker, line)
    const second = await aDelivery(database.worker, line)
    const other = await aDelivery(database.worker, await aLine(database.worker, tenant))
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    expect(claim.calls.map((call) => call.deliveryId).sort()).toEqual([first.deliveryId, other.deliveryId].sort())
    expect((await sender.claim()).calls).toEqual([])
    await sender.settle({ ...claim, calls: claim.calls.filter((call) => call.deliveryId === first.deliveryId) }, accepted('wamid.a'))
    expect((await sender.claim()).calls.map((call) => call.deliveryId)).toEqual([second.deliveryId])
  })

  test('an interactive message goes before a bulk one of the same line, never beside it', async () => {
    await aDelivery(database.worker, line, { lane: 'bulk' })
    const answer = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    expect((await sender.claim()).calls.map((call) => call.deliveryId)).toEqual([answer.deliveryId])
    expect((await sender.claim()).calls).toEqual([])
  })

  test('the database itself refuses a second call on a line', async () => {
    await aDelivery(database.worker, line)
    await aDelivery(database.worker, line)
    await expect(rows(tenant, `update deliveries set state = 'sending' where tenant_id = $1`)).rejects.toThrow('duplicate key')
  })

  test('a delivery of the future lets the others pass, and no line waits for another', async () => {
    await aDelivery(database.worker, line, { dueAt: new Date(sender.clock.now().getTime() + 3_600 * SECOND) })
    const now = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    expect((await sender.claim()).calls.map((call) => call.deliveryId)).toEqual([now.deliveryId])
  })

  test('a line over its pair limit rests while others go on', async () => {
    await aDelivery(database.worker, line)
    const other = await aDelivery(database.worker, await aLine(database.worker, tenant))
    sender.clock.advance(SECOND)
    expect((await sender.claim({ resting: [line.lineId] })).calls.map((call) => call.deliveryId)).toEqual([other.deliveryId])
  })

  test('two who queue at once on one line get two places', async () => {
    await Promise.all(Array.from({ length: 8 }, () => aDelivery(database.worker, line)))
    const places = await rows<{ position: number }>(tenant, 'select position from deliveries where tenant_id = $1 order by position')
    expect(places.map((row) => row.position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })
})

describe('what a call came to', () => {
  test('accepted: sent, named, and found by that name', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    expect(await view(delivery)).toMatchObject({ state: 'sending', version: 2, nextTryAt: null })
    await sender.settle(claim, accepted('wamid.1'))
    expect(await view(delivery)).toMatchObject({ state: 'sent', version: 3, sentAt: sender.clock.now().toISOString() })
    expect(await rows(tenant, 'select external_id, message_id, delivery_id from external_refs where tenant_id = $1')).toEqual([
      { external_id: 'wamid.1', message_id: toUuid(delivery.messageId), delivery_id: toUuid(delivery.deliveryId) },
    ])
    expect(await rows(tenant, 'select number, outcome, external_id from attempts where tenant_id = $1')).toEqual([
      { number: 1, outcome: 'accepted', external_id: 'wamid.1' },
    ])
  })

  test('surely not sent: tried again after 2, 4 and 8 seconds, holding the line, and then failed', async () => {
    const delivery = await aDelivery(database.worker, line)
    await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    for (const seconds of [2, 4, 8]) {
      await sender.settle(await sender.claim(), refusal('131016', 'transient'))
      const due = new Date(sender.clock.now().getTime() + seconds * SECOND)
      expect(await view(delivery)).toMatchObject({ state: 'sending', errorCode: '131016', nextTryAt: due.toISOString() })
      sender.clock.advance(seconds * SECOND - 1)
      expect((await sender.claim()).calls).toEqual([])
      sender.clock.advance(1)
    }
    await sender.settle(await sender.claim(), refusal('131016', 'transient'))
    expect(await view(delivery)).toMatchObject({ state: 'failed', errorClass: 'transient', errorTitle: 'Error 131016', nextTryAt: null })
    expect((await sender.claim()).calls).toHaveLength(1)
    expect(await rows(tenant, 'select count(*) as n from attempts where tenant_id = $1')).toEqual([{ n: 5 }])
  })

  test('a permanent error fails at once and releases the line', async () => {
    const delivery = await aDelivery(database.worker, line)
    const next = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    await sender.settle(await sender.claim(), refusal('131026', 'recipient'))
    expect(await view(delivery)).toMatchObject({ state: 'failed', errorCode: '131026' })
    expect((await sender.claim()).calls.map((call) => call.deliveryId)).toEqual([next.deliveryId])
  })

  test('no word: unknown, never again by itself, and the line goes on after 30 seconds', async () => {
    const delivery = await aDelivery(database.worker, line)
    const next = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    await sender.settle(await sender.claim(), { kind: 'ambiguous', reason: 'reset after writing' })
    expect(await view(delivery)).toMatchObject({ state: 'unknown', unknownAt: sender.clock.now().toISOString(), nextTryAt: null })
    sender.clock.advance(29 * SECOND)
    expect((await sender.claim()).calls).toEqual([])
    sender.clock.advance(2 * SECOND)
    const claim = await sender.claim()
    expect(claim.calls.map((call) => call.deliveryId)).toEqual([next.deliveryId])
    await sender.settle(claim, accepted('wamid.2'))
    sender.clock.advance(24 * 3_600 * SECOND)
    expect((await sender.claim()).calls).toEqual([])
  })

  test('the daily marketing cap fails, and a new delivery tries once more a day later', async () => {
    const delivery = await aDelivery(database.worker, line, { kind: 'template', content: { outbound: { kind: 'template' } } })
    sender.clock.advance(SECOND)
    await sender.settle(await sender.claim(), refusal('131049', 'marketing_cap'))
    const due = new Date(sender.clock.now().getTime() + 24 * 3_600 * SECOND)
    expect(await view(delivery)).toMatchObject({ state: 'queued', nextTryAt: due.toISOString() })
    sender.clock.advance(24 * 3_600 * SECOND)
    await sender.settle(await sender.claim(), refusal('131049', 'marketing_cap'))
    expect(await view(delivery)).toMatchObject({ state: 'failed' })
    expect(await rows(tenant, 'select state from deliveries where tenant_id = $1')).toEqual([{ state: 'failed' }, { state: 'failed' }])
  })
})

describe('receipts', () => {
  test('before the answer of the send, without our echo: applied as soon as the answer names them', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    await sender.receive({ status: 'delivered' }, { status: 'sent' })
    expect(await view(delivery)).toMatchObject({ state: 'sending' })
    await sender.settle(claim, accepted('wamid.1'))
    expect(await view(delivery)).toMatchObject({ state: 'delivered' })
    expect(await rows(tenant, 'select distinct delivery_id from receipts where tenant_id = $1')).toEqual([
      { delivery_id: toUuid(delivery.deliveryId) },
    ])
  })

  test('before the answer, with our echo: the delivery moves at once and the answer changes nothing back', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    await sender.receive({ status: 'read', echo: claim.calls[0]?.attemptId })
    expect(await view(delivery)).toMatchObject({ state: 'read' })
    await sender.settle(claim, accepted('wamid.1'))
    expect(await view(delivery)).toMatchObject({ state: 'read' })
  })

  test('settle what nobody knew: an unknown delivery is found by the echo and keeps the provider’s name', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    await sender.settle(claim, { kind: 'ambiguous', reason: 'timeout' })
    await sender.receive({ status: 'sent', externalId: 'wamid.lost', echo: claim.calls[0]?.attemptId })
    expect(await view(delivery)).toMatchObject({ state: 'sent' })
    await sender.receive({ status: 'delivered', externalId: 'wamid.lost' })
    expect(await view(delivery)).toMatchObject({ state: 'delivered' })
  })

  test('say why it failed, and are forgotten when it arrived after all', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    await sender.settle(await sender.claim(), accepted('wamid.1'))
    await sender.receive({ status: 'failed', error: { code: '131026', class: 'recipient', title: 'Message undeliverable' } })
    expect(await view(delivery)).toMatchObject({ state: 'failed', errorCode: '131026', errorTitle: 'Message undeliverable' })
    await sender.receive({ status: 'delivered' })
    expect(await view(delivery)).toMatchObject({ state: 'delivered', errorCode: null, errorTitle: null })
  })

  test('repeated ones change no version, store no row and tell nobody', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    await sender.settle(await sender.claim(), accepted('wamid.1'))
    await sender.receive({}, {}, { status: 'sent' })
    const before = await view(delivery)
    const events = () => rows(tenant, 'select count(*) as n from bus.outbox where tenant_id = $1')
    const told = await events()
    await Promise.all([sender.receive({}, { status: 'sent' }), sender.receive({ status: 'sent' }, {})])
    expect(await view(delivery)).toEqual(before)
    expect(await events()).toEqual(told)
    expect(await rows(tenant, 'select count(*) as n from receipts where tenant_id = $1')).toEqual([{ n: 2 }])
  })

  test('with a foreign echo, or one of another account, move nothing', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    const neighbour = await aSendingTenant(database.web)
    const echo = claim.calls[0]?.attemptId
    await (await aSender(neighbour)).receive({ status: 'read', echo })
    await sender.receive({ status: 'read', echo: 'their-own-data' }, { status: 'read', externalId: 'wamid.2', echo: newId('attempt') })
    expect(await view(delivery)).toMatchObject({ state: 'sending' })
    expect(await rows(tenant, 'select delivery_id from receipts where tenant_id = $1')).toEqual([
      { delivery_id: null },
      { delivery_id: null },
    ])
  })

  test('and answers racing each other settle the same, whoever is first', async () => {
    const lines = await Promise.all(Array.from({ length: 12 }, () => aLine(database.worker, tenant)))
    const deliveries = await Promise.all(lines.map((one) => aDelivery(database.worker, one)))
    sender.clock.advance(SECOND)
    const claim = await sender.claim({ interactive: 20 })
    expect(claim.calls).toHaveLength(12)
    await Promise.all(
      claim.calls.flatMap((_, index) => [
        sender.settle(claim, accepted(`wamid.race${index}`), index),
        sender.receive({ externalId: `wamid.race${index}`, status: 'delivered' }),
        sender.receive({ externalId: `wamid.race${index}`, status: 'sent' }),
      ]),
    )
    for (const delivery of deliveries) expect(await view(delivery)).toMatchObject({ state: 'delivered' })
  })
})

describe('the reply window', () => {
  test('closed before its turn came: the message fails without a call, a template leaves', async () => {
    const closing = await aLine(database.worker, tenant, { windowExpiresAt: new Date(sender.clock.now().getTime() + 5 * SECOND) })
    const text = await aDelivery(database.worker, closing)
    sender.clock.advance(10 * SECOND)
    const claim = await sender.claim()
    expect(claim).toMatchObject({ calls: [], windowClosed: 1 })
    expect(await view(text)).toMatchObject({ state: 'failed', errorClass: 'window', errorCode: 'window_closed' })
    const template = await aDelivery(database.worker, closing, { kind: 'template' })
    expect((await sender.claim()).calls.map((call) => call.deliveryId)).toEqual([template.deliveryId])
    expect(await rows(tenant, 'select count(*) as n from attempts where tenant_id = $1')).toEqual([{ n: 1 }])
  })

  test('one who never wrote to us has no window', async () => {
    const stranger = await aLine(database.worker, tenant, { windowExpiresAt: null })
    await aDelivery(database.worker, stranger)
    sender.clock.advance(SECOND)
    expect(await sender.claim()).toMatchObject({ calls: [], windowClosed: 1 })
  })
})

describe('leases', () => {
  test('a sender whose lease ran out claims nothing; the next one writes its calls off as unknown', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    await sender.lease(-SECOND)
    const claim = await sender.claim()
    expect(claim.calls).toEqual([])
    await sender.lease()
    const started = await sender.claim()
    expect(started.calls).toHaveLength(1)
    await sender.lease(-SECOND)
    const next = await aSender(tenant, sender.clock)
    expect(await next.abandon()).toMatchObject({ abandoned: 1 })
    expect(await view(delivery)).toMatchObject({ state: 'unknown' })
    expect((await next.claim()).calls).toEqual([])
    expect(await rows(tenant, 'select outcome from attempts where tenant_id = $1')).toEqual([{ outcome: 'ambiguous' }])

    await sender.settle(started, accepted('wamid.late'))
    expect(await view(delivery)).toMatchObject({ state: 'sent' })
    expect(await rows(tenant, 'select outcome, external_id from attempts where tenant_id = $1')).toEqual([
      { outcome: 'accepted', external_id: 'wamid.late' },
    ])
  })

  test('a frozen sender that learns of a refusal afterwards settles it as failed; nothing goes back', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const started = await sender.claim()
    await sender.lease(-SECOND)
    await (await aSender(tenant, sender.clock)).abandon()
    await sender.settle(started, refusal('131016', 'transient'))
    expect(await view(delivery)).toMatchObject({ state: 'failed', errorClass: 'transient', nextTryAt: null })
  })

  test('a call nobody heard of for minutes is written off, unless it still runs', async () => {
    await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    expect(await sender.abandon()).toMatchObject({ abandoned: 0 })
    sender.clock.advance(600 * SECOND)
    expect(await sender.abandon(claim.calls.map((call) => call.attemptId))).toMatchObject({ abandoned: 0 })
    expect(await sender.abandon()).toMatchObject({ abandoned: 1 })
  })
})

test('a stopped account sends nothing', async () => {
  await aDelivery(database.worker, line)
  sender.clock.advance(SECOND)
  await rows(tenant, `update channel_accounts set status = 'error' where tenant_id = $1`)
  expect((await sender.claim()).calls).toEqual([])
  await rows(tenant, `update channel_accounts set status = 'active' where tenant_id = $1`)
  expect((await sender.claim()).calls).toHaveLength(1)
})
