import type { Tx } from '#platform/db/database.ts'
import { emit } from '#platform/events.ts'
import { type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { SettleDelivery } from './inputs.ts'
import { lockForPerson, settleableAt } from './lock-for-person.ts'
import { queueDelivery } from './queue-delivery.ts'
import { changedEvent, type DeliveryRow, writeDeliveries } from './rows.ts'
import { discarded } from './transitions.ts'

/**
 * Sends a message again: a new delivery of the same message, after the last one failed, or ten minutes after it became
 * unknown; then the unknown one is discarded by the same person (`delivery.queued`, `delivery.changed`, same transaction).
 * @returns the new delivery, or
 *   `not_found`, `not_allowed`: as for sending in its conversation
 *   `delivery_not_settleable`: neither failed nor unknown for long enough, or not the message's latest
 *   `window_closed`: its line takes templates only by now
 *   `channel_disabled`: the channel account is switched off or must be reconnected first
 */
export async function resendDelivery(
  scope: Scope,
  input: SettleDelivery,
): Promise<
  Result<{ deliveryId: Id<'delivery'> }, 'not_found' | 'not_allowed' | 'delivery_not_settleable' | 'window_closed' | 'channel_disabled'>
> {
  return scope.transaction(async (tx) => {
    const locked = await lockForPerson(tx, scope, input.deliveryId)
    if (!locked.ok) return locked
    const row = locked.value
    const at = settleableAt(row)
    if (row.state !== 'failed' && at === null) return fail('delivery_not_settleable')
    if (at !== null && at > tx.now) return fail('delivery_not_settleable', { settleableAt: at.toISOString() })
    const reason = await whyNot(tx, row)
    if (reason) return fail(reason)

    const events = []
    if (row.state === 'unknown') {
      const given = discarded(row, scope.actor.kind === 'member' ? scope.actor.memberId : null, tx.now)
      await writeDeliveries(tx, [given])
      events.push(changedEvent(given, tx.now))
    }
    const queued = await queueDelivery(tx, { ...row, dueAt: tx.now })
    await emit(tx, [...events, ...queued.events])
    return ok({ deliveryId: queued.deliveryId })
  })
}

/** What the sender would refuse anyway, said at once to the person who can do something about it. */
async function whyNot(tx: Tx, row: DeliveryRow): Promise<'channel_disabled' | 'window_closed' | null> {
  const [now] = await tx.sql<{ status: string; window_expires_at: Date | null; kind: string }>(
    `select a.status, l.window_expires_at, m.kind
     from lines l
     join channel_accounts a on a.tenant_id = l.tenant_id and a.id = l.channel_account_id
     join messages m on m.tenant_id = l.tenant_id and m.id = $3::uuid
     where l.tenant_id = $1::uuid and l.id = $2::uuid`,
    [toUuid(row.tenantId), toUuid(row.lineId), toUuid(row.messageId)],
  )
  if (now?.status !== 'active') return 'channel_disabled'
  const isClosed = now.window_expires_at !== null && now.window_expires_at <= tx.now
  return isClosed && now.kind !== 'template' ? 'window_closed' : null
}
