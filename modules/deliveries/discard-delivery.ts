import { emit } from '#platform/events.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { SettleDelivery } from './inputs.ts'
import { lockForPerson, settleableAt } from './lock-for-person.ts'
import { changedEvent, writeDeliveries } from './rows.ts'
import { discarded } from './transitions.ts'

/**
 * A person gives an unknown delivery up, ten minutes after its call ended without a word (`delivery.changed`, same
 * transaction). If a receipt comes after all, it wins: what arrived is shown as arrived.
 * @returns `not_found`, `not_allowed`, or `delivery_not_settleable`: it is not unknown, not the message's latest, or the ten
 *   minutes are not over (detail: `settleableAt`, ISO 8601)
 */
export async function discardDelivery(
  scope: Scope,
  input: SettleDelivery,
): Promise<Result<true, 'not_found' | 'not_allowed' | 'delivery_not_settleable'>> {
  return scope.transaction(async (tx) => {
    const locked = await lockForPerson(tx, scope, input.deliveryId)
    if (!locked.ok) return locked
    const at = settleableAt(locked.value)
    if (at === null) return fail('delivery_not_settleable')
    if (at > tx.now) return fail('delivery_not_settleable', { settleableAt: at.toISOString() })
    const row = discarded(locked.value, scope.actor.kind === 'member' ? scope.actor.memberId : null, tx.now)
    await writeDeliveries(tx, [row])
    await emit(tx, [changedEvent(row, tx.now)])
    return ok(true)
  })
}
