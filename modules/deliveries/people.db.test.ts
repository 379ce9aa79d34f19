import { beforeEach, describe, expect, test } from 'vitest'
import { heldClock, systemClock } from '#platform/clock.ts'
import { emit } from '#platform/events.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import { aDelivery, aLine, aSendingTenant, type BuiltDelivery, type BuiltLine, type SendingTenant } from '#tests/builders/outbound.ts'
import { aMember } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { discardDelivery } from './discard-delivery.ts'
import { loadDeliveryViews } from './load-delivery-views.ts'
import { markLineRead, showTyping } from './mark-line-read.ts'
import { recordReceipts } from './record-receipts.ts'
import { resendDelivery } from './resend-delivery.ts'

const database = useDatabase()
const MINUTE = 60_000
let tenant: SendingTenant
let line: BuiltLine
let delivery: BuiltDelivery
const clock = heldClock(systemClock.now())
const at = (scope: Scope): Scope => scopeOf({ ...scope, database: database.web, clock })

beforeEach(async () => {
  tenant = await aSendingTenant(database.web)
  line = await aLine(database.worker, tenant, { windowExpiresAt: new Date(clock.now().getTime() + 600 * MINUTE) })
  delivery = await aDelivery(database.worker, line)
})

async function rows<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
  return database.worker.batchTransaction([tenant.tenantId], clock, (tx) => tx.sql<Row>(sql, [toUuid(tenant.tenantId), ...values]))
}
const becomes = (state: string, column: string) =>
  rows(
    `update deliveries set state = $2, ${column} = $3, error_class = case when $2 = 'failed' then 'recipient' end where tenant_id = $1`,
    [state, clock.now()],
  )

async function view() {
  const views = await at(tenant.scope).transaction((tx) => loadDeliveryViews(tx, delivery.tenantId, [delivery.messageId]))
  return views.get(delivery.messageId)
}

describe('a failed message', () => {
  test('is sent again as a new delivery of the same message', async () => {
    await becomes('failed', 'failed_at')
    const resent = await resendDelivery(at(tenant.scope), delivery)
    if (!resent.ok) throw new Error(resent.code)
    expect(resent.value.deliveryId).not.toBe(delivery.deliveryId)
    expect(await view()).toMatchObject({ id: resent.value.deliveryId, state: 'queued' })
    expect(await rows('select state from deliveries where tenant_id = $1 order by position')).toEqual([
      { state: 'failed' },
      { state: 'queued' },
    ])
    expect(await rows(`select payload->>'deliveryId' as id from bus.outbox where tenant_id = $1 order by outbox.id desc limit 1`)).toEqual([
      { id: resent.value.deliveryId },
    ])
  })

  test('is sent again once, however often the button is pressed', async () => {
    await becomes('failed', 'failed_at')
    const pressed = await Promise.all(Array.from({ length: 5 }, () => resendDelivery(at(tenant.scope), delivery)))
    expect(pressed.filter((result) => result.ok)).toHaveLength(1)
    expect(pressed.filter((result) => !result.ok && result.code === 'delivery_not_settleable')).toHaveLength(4)
    expect(await rows('select count(*) as n from deliveries where tenant_id = $1')).toEqual([{ n: 2 }])
  })

  test('is refused with the reason when the window closed or the channel is off', async () => {
    await becomes('failed', 'failed_at')
    await rows(`update lines set window_expires_at = now() - interval '1 minute' where tenant_id = $1`)
    expect(await resendDelivery(at(tenant.scope), delivery)).toMatchObject({ ok: false, code: 'window_closed' })
    await rows(`update channel_accounts set status = 'disabled' where tenant_id = $1`)
    expect(await resendDelivery(at(tenant.scope), delivery)).toMatchObject({ ok: false, code: 'channel_disabled' })
  })
})

describe('an unknown message', () => {
  test('is settled by a person after ten minutes, not before', async () => {
    await becomes('unknown', 'unknown_at')
    clock.advance(10 * MINUTE - 1)
    const settleableAt = new Date(clock.now().getTime() + 1).toISOString()
    const early = { ok: false, code: 'delivery_not_settleable', detail: { settleableAt } }
    expect(await discardDelivery(at(tenant.scope), delivery)).toEqual(early)
    expect(await resendDelivery(at(tenant.scope), delivery)).toEqual(early)
    clock.advance(1)
    const member = await aMember(database.web, tenant)
    expect(await discardDelivery(at(member), delivery)).toEqual({ ok: true, value: true })
    expect(await view()).toMatchObject({ state: 'discarded' })
    expect(await rows('select settled_by, settled_at from deliveries where tenant_id = $1')).toEqual([
      { settled_by: toUuid(member.actor.memberId), settled_at: clock.now() },
    ])
    expect(await discardDelivery(at(member), delivery)).toMatchObject({ code: 'delivery_not_settleable' })
  })

  test('sent again leaves the old one discarded, and a late receipt still tells the truth about it', async () => {
    await becomes('unknown', 'unknown_at')
    clock.advance(10 * MINUTE)
    expect(await resendDelivery(at(tenant.scope), delivery)).toMatchObject({ ok: true })
    const states = 'select state from deliveries where tenant_id = $1 order by position'
    expect(await rows(states)).toEqual([{ state: 'discarded' }, { state: 'queued' }])
    const attemptId = newId('attempt')
    await rows('insert into attempts (tenant_id, id, delivery_id, number, lease_epoch, started_at) values ($1, $2, $3, 1, 1, now())', [
      toUuid(attemptId),
      toUuid(delivery.deliveryId),
    ])
    const event = { type: 'receipt', account: { channel: 'whatsapp', address: '1' }, providerTime: null, externalId: 'wamid.1' } as const
    await database.worker.batchTransaction([tenant.tenantId], clock, async (tx) =>
      emit(tx, await recordReceipts(tx, [{ ...tenant, receivedAt: tx.now, event: { ...event, status: 'delivered', echo: attemptId } }])),
    )
    expect(await rows(states)).toEqual([{ state: 'delivered' }, { state: 'queued' }])
  })
})

test.each(['queued', 'sending', 'sent', 'delivered', 'read'])('a %s message is nobody’s to settle', async (state) => {
  await becomes(state, 'queued_at')
  expect(await resendDelivery(at(tenant.scope), delivery)).toMatchObject({ code: 'delivery_not_settleable' })
  expect(await discardDelivery(at(tenant.scope), delivery)).toMatchObject({ code: 'delivery_not_settleable' })
})

describe('who may settle', () => {
  test('nobody of another tenant, who can’t even see it', async () => {
    await becomes('failed', 'failed_at')
    const neighbour = await aSendingTenant(database.web)
    expect(await resendDelivery(at(neighbour.scope), delivery)).toMatchObject({ code: 'not_found' })
    expect(await discardDelivery(at(neighbour.scope), delivery)).toMatchObject({ code: 'not_found' })
  })

  test('nobody whose reach does not cover the conversation, nor who may only read', async () => {
    await becomes('failed', 'failed_at')
    const own = await aMember(database.web, tenant, {
      grants: [
        { permission: 'conversations.view', reach: 'own' },
        { permission: 'messages.send', reach: 'own' },
      ],
    })
    expect(await resendDelivery(at(own), delivery)).toMatchObject({ code: 'not_found' })
    const reader = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'all' }] })
    expect(await resendDelivery(at(reader), delivery)).toMatchObject({ code: 'not_allowed' })
    await rows('update conversations set assignee_id = $2 where tenant_id = $1', [toUuid(own.actor.memberId)])
    expect(await resendDelivery(at(own), delivery)).toMatchObject({ ok: true })
  })
})

describe('what members see and type', () => {
  const mark = (how: typeof markLineRead) =>
    at(tenant.scope).transaction(async (tx) => {
      const events = await how(tx, { ...line, assigneeId: null })
      await emit(tx, events)
      return events
    })

  test('is told about the customer’s last message on the line', async () => {
    for (const [sequence, externalId] of ['wamid.older', 'wamid.last'].entries()) {
      const messageId = newId('message')
      await rows(
        `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, author_kind, provider_time, sequence, received_at)
         values ($1, $2, $3, $4, $5, 'inbound', 'text', 'contact', now(), $6, now())`,
        [toUuid(messageId), toUuid(line.conversationId), toUuid(line.lineId), toUuid(line.channelAccountId), 100 + sequence],
      )
      await rows('insert into external_refs (tenant_id, channel_account_id, external_id, message_id) values ($1, $2, $3, $4)', [
        toUuid(line.channelAccountId),
        externalId,
        toUuid(messageId),
      ])
    }
    expect(await mark(markLineRead)).toMatchObject([{ type: 'line.seen', payload: { externalId: 'wamid.last', typing: false } }])
    expect(await mark(showTyping)).toMatchObject([{ payload: { externalId: 'wamid.last', typing: true } }])
  })

  test('is nothing when the customer never wrote', async () => {
    expect(await mark(markLineRead)).toEqual([])
  })
})
