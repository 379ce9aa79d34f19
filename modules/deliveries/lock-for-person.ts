import { canOnConversation } from '#platform/authority.ts'
import type { Tx } from '#platform/db/database.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { type DeliveryRow, lockDeliveries } from './rows.ts'

/**
 * Locks the line and then the delivery that a person wants to settle: the message's latest, since a message shows only that
 * one. A second click finds a newer delivery and changes nothing.
 * @returns `not_found` outside the actor's reach, `not_allowed` without `messages.send` on its conversation,
 *   `delivery_not_settleable` when a newer delivery exists
 */
export async function lockForPerson(
  tx: Tx,
  scope: Scope,
  deliveryId: Id<'delivery'>,
): Promise<Result<DeliveryRow, 'not_found' | 'not_allowed' | 'delivery_not_settleable'>> {
  const key = [toUuid(tx.tenantId), toUuid(deliveryId)]
  const [found] = await tx.sql<{ line_id: string }>('select line_id from deliveries where tenant_id = $1::uuid and id = $2::uuid', key)
  if (!found) return fail('not_found')
  await tx.sql('select 1 as one from lines where tenant_id = $1::uuid and id = $2::uuid for no key update', [
    toUuid(tx.tenantId),
    found.line_id,
  ])
  const row = (await lockDeliveries(tx, [{ tenantId: tx.tenantId, deliveryId }])).get(deliveryId)
  if (!row || !canOnConversation(scope.ability, 'conversations.view', row)) return fail('not_found')
  if (!canOnConversation(scope.ability, 'messages.send', row)) return fail('not_allowed')
  const [latest] = await tx.sql<{ id: string }>(
    'select id from deliveries where tenant_id = $1::uuid and message_id = $2::uuid order by position desc limit 1',
    [toUuid(tx.tenantId), toUuid(row.messageId)],
  )
  if (latest && fromUuid('delivery', latest.id) !== deliveryId) return fail('delivery_not_settleable')
  return ok(row)
}

/** From when on a person may settle it; null when it is not unknown. Earlier a receipt is the likelier answer. */
export function settleableAt(row: DeliveryRow): Date | null {
  if (row.state !== 'unknown' || row.unknownAt === null) return null
  return new Date(row.unknownAt.getTime() + LIMITS.unknownSettleableAfterMs)
}
