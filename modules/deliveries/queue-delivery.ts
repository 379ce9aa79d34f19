import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { DeliveryQueued } from './events.ts'
import type { Lane } from './rows.ts'

export interface QueueDelivery {
  tenantId: Id<'tenant'>
  messageId: Id<'message'>
  conversationId: Id<'conversation'>
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  /** `bulk` yields to `interactive` (default) and never uses the last fifth of the account's rate. */
  lane?: Lane
  /** Absent: now. A delivery of the future lets those queued after it pass. */
  dueAt?: Date
  /** Of the conversation: by what the event is visible. */
  assigneeId?: Id<'member'> | null
}

/**
 * Queues the handing-over of an outbound message, in the caller's transaction. The line's row lock gives the place in its
 * order, so call it after locking the conversation and before touching deliveries (lock order of docs/architecture.md).
 * @returns the new delivery, and the event for the caller's `emit`
 */
export async function queueDelivery(tx: SqlTx, delivery: QueueDelivery): Promise<{ deliveryId: Id<'delivery'>; events: EmittedEvent[] }> {
  const {
    tenantId,
    messageId,
    conversationId,
    channelAccountId,
    lineId,
    lane = 'interactive',
    dueAt = tx.now,
    assigneeId = null,
  } = delivery
  const deliveryId = newId('delivery')
  const place = [toUuid(tenantId), toUuid(lineId)]
  const locked = await tx.sql('select 1 as one from lines where tenant_id = $1::uuid and id = $2::uuid for no key update', place)
  if (locked.length === 0) throw new Error(`a delivery was queued on a line that does not exist: ${lineId}`)
  // A statement of its own, after the lock: it must see what whoever held the line before us has committed.
  await tx.sql(
    `insert into deliveries (tenant_id, id, message_id, conversation_id, line_id, channel_account_id, lane, position, due_at, queued_at)
     select $1::uuid, $3::uuid, $4::uuid, $5::uuid, $2::uuid, $6::uuid, $7::text,
       coalesce((select max(position) from deliveries where tenant_id = $1::uuid and line_id = $2::uuid and lane = $7::text), 0) + 1,
       $8::timestamptz, $9::timestamptz`,
    [...place, toUuid(deliveryId), toUuid(messageId), toUuid(conversationId), toUuid(channelAccountId), lane, dueAt, tx.now],
  )
  const payload = { conversationId, messageId, deliveryId, channelAccountId, dueAt: dueAt.toISOString() }
  return {
    deliveryId,
    events: [eventOf(DeliveryQueued, tenantId, payload, { reach: { before: { assigneeId }, after: { assigneeId } } })],
  }
}
