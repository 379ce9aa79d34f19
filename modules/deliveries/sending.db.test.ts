import { beforeEach, describe, expect, test } from 'vitest'
import { toUuid } from '#platform/ids.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type BuiltLine, type SendingTenant } from '#tests/builders/outbound.ts'
import { accepted, aSender, deliveryView, forgetSenders, refusal, tenantRows } from '#tests/builders/sending.ts'
import { useDatabase } from '#tests/setup/database.ts'

const database = useDatabase()
const SECOND = 1_000
let tenant: SendingTenant
let line: BuiltLine
let sender: Awaited<ReturnType<typeof aSender>>
beforeEach(async () => {
  await forgetSenders(database)
  tenant = await aSendingTenant(database.web)
  line = await aLine(database.worker, tenant)
  sender = await aSender(database, tenant)
})
const view = (delivery: BuiltDelivery) => deliveryView(database, delivery)
const rows = <Row>(sql: string) => tenantRows<Row>(database, tenant, sql)

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
    await expect(rows(`update deliveries set state = 'sending' where tenant_id = $1`)).rejects.toThrow('duplicate key')
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
    const places = await rows<{ position: number }>('select position from deliveries where tenant_id = $1 order by position')
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
    expect(await rows('select external_id, message_id, delivery_id from external_refs where tenant_id = $1')).toEqual([
      { external_id: 'wamid.1', message_id: toUuid(delivery.messageId), delivery_id: toUuid(delivery.deliveryId) },
    ])
    expect(await rows('select number, outcome, external_id from attempts where tenant_id = $1')).toEqual([
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
    expect(await rows('select count(*) as n from attempts where tenant_id = $1')).toEqual([{ n: 5 }])
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
    expect(await rows('select state from deliveries where tenant_id = $1')).toEqual([{ state: 'failed' }, { state: 'failed' }])
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
    expect(await rows('select count(*) as n from attempts where tenant_id = $1')).toEqual([{ n: 1 }])
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
    const next = await aSender(database, tenant, sender.clock)
    expect(await next.abandon()).toMatchObject({ abandoned: 1 })
    expect(await view(delivery)).toMatchObject({ state: 'unknown' })
    expect((await next.claim()).calls).toEqual([])
    expect(await rows('select outcome from attempts where tenant_id = $1')).toEqual([{ outcome: 'ambiguous' }])

    await sender.settle(started, accepted('wamid.late'))
    expect(await view(delivery)).toMatchObject({ state: 'sent' })
    expect(await rows('select outcome, external_id from attempts where tenant_id = $1')).toEqual([
      { outcome: 'accepted', external_id: 'wamid.late' },
    ])
  })

  test('a frozen sender that learns of a refusal afterwards settles it as failed; nothing goes back', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const started = await sender.claim()
    await sender.lease(-SECOND)
    await (await aSender(database, tenant, sender.clock)).abandon()
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
  await rows(`update channel_accounts set status = 'error' where tenant_id = $1`)
  expect((await sender.claim()).calls).toEqual([])
  await rows(`update channel_accounts set status = 'active' where tenant_id = $1`)
  expect((await sender.claim()).calls).toHaveLength(1)
})
