import { beforeEach, describe, expect, test } from 'vitest'
import { newId, toUuid } from '#platform/ids.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type BuiltLine, type SendingTenant } from '#tests/builders/outbound.ts'
import { accepted, aSender, deliveryView, forgetSenders, tenantRows } from '#tests/builders/sending.ts'
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

describe('receipts', () => {
  test('before the answer of the send, without our echo: applied as soon as the answer names them', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    await sender.receive({ status: 'delivered' }, { status: 'sent' })
    expect(await view(delivery)).toMatchObject({ state: 'sending' })
    await sender.settle(claim, accepted('wamid.1'))
    expect(await view(delivery)).toMatchObject({ state: 'delivered' })
    expect(await rows('select distinct delivery_id from receipts where tenant_id = $1')).toEqual([
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
    const events = () => rows('select count(*) as n from bus.outbox where tenant_id = $1')
    const told = await events()
    await Promise.all([sender.receive({}, { status: 'sent' }), sender.receive({ status: 'sent' }, {})])
    expect(await view(delivery)).toEqual(before)
    expect(await events()).toEqual(told)
    expect(await rows('select count(*) as n from receipts where tenant_id = $1')).toEqual([{ n: 2 }])
  })

  test('with a foreign echo, or one of another account, move nothing', async () => {
    const delivery = await aDelivery(database.worker, line)
    sender.clock.advance(SECOND)
    const claim = await sender.claim()
    const neighbour = await aSendingTenant(database.web)
    const echo = claim.calls[0]?.attemptId
    await (await aSender(database, neighbour)).receive({ status: 'read', echo })
    await sender.receive({ status: 'read', echo: 'their-own-data' }, { status: 'read', externalId: 'wamid.2', echo: newId('attempt') })
    expect(await view(delivery)).toMatchObject({ state: 'sending' })
    expect(await rows('select delivery_id from receipts where tenant_id = $1')).toEqual([{ delivery_id: null }, { delivery_id: null }])
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
