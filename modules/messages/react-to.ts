import type { LockedConversation } from '#modules/conversations/index.ts'
import { queueDelivery } from '#modules/deliveries/index.ts'
import type { Tx } from '#platform/db/database.ts'
import { emit, eventOf } from '#platform/events.ts'
import { toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { unsupported } from './compose-message.ts'
import { MessageChanged } from './events.ts'
import type { SendContent, SendMessage } from './inputs.ts'
import { type ChannelCatalogue, placeOf } from './outbound-place.ts'
import { findTarget, insertOutbound, requestDigest } from './outbound-rows.ts'
import type { SentMessage } from './types.ts'

interface Reaction {
  input: SendMessage
  content: Extract<SendContent, { kind: 'reaction' }>
  conversation: LockedConversation
  capabilitiesOf: ChannelCatalogue
}

/**
 * Reacts to a message, on the line it went over. It travels as a message of its own, which has no place in the thread; the reaction's row takes that
 * message's id, so a failed delivery is found from it. To the customer the business reacts as one, whoever of us it was.
 * @returns `not_found` when the target is not in this conversation, or the provider does not know it (yet)
 */
export async function reactTo(
  tx: Tx,
  scope: Scope,
  { input, content, conversation, capabilitiesOf }: Reaction,
): Promise<Result<SentMessage, 'not_found' | 'channel_disabled' | 'window_closed' | 'unsupported_by_channel'>> {
  const { emoji, targetMessageId } = content
  const target = await findTarget(tx, scope, conversation.id, targetMessageId)
  if (!target?.externalId) return fail('not_found', { targetMessageId })
  const found = await placeOf(tx, scope, target, capabilitiesOf)
  if (!found.ok) return found
  const place = found.value
  if (!place.can.reactions) return unsupported('reactions')
  if (!place.isWindowOpen) return fail('window_closed', { windowExpiresAt: place.windowExpiresAt })

  const { tenantId } = scope
  const { messageId } = input
  const { externalId: targetExternalId } = target
  const where = { conversationId: conversation.id, lineId: place.lineId, channelAccountId: place.channelAccountId }
  const carrier = { ...where, messageId, kind: 'reaction' as const, body: '', sequence: 0, providerTime: place.now, replyToMessageId: null }
  await insertOutbound(
    tx,
    scope,
    { ...carrier, content: { outbound: { kind: 'reaction', targetExternalId, emoji } } },
    requestDigest(scope, input),
  )
  await tx.sql(
    `insert into message_reactions (tenant_id, id, channel_account_id, target_external_id, message_id, by_kind, by_id, emoji, provider_time)
     values ($1::uuid, $2::uuid, $3::uuid, $4, $5::uuid, 'business', $3::uuid, $6, $7::timestamptz)
     on conflict (tenant_id, channel_account_id, target_external_id, by_kind, by_id) do update
       set id = excluded.id, emoji = excluded.emoji, message_id = excluded.message_id, external_id = null, provider_time = excluded.provider_time
       where message_reactions.provider_time <= excluded.provider_time`,
    [toUuid(tenantId), toUuid(messageId), toUuid(place.channelAccountId), targetExternalId, toUuid(targetMessageId), emoji, place.now],
  )
  await tx.prisma.message.updateMany({
    where: { tenantId: toUuid(tenantId), id: toUuid(targetMessageId) },
    data: { version: { increment: 1 } },
  })
  const { assigneeId } = conversation
  const queued = await queueDelivery(tx, { ...where, tenantId, messageId, assigneeId })
  const changed = { conversationId: conversation.id, messageId: targetMessageId, changed: ['reactions'], version: target.version + 1 }
  const reach = { before: { assigneeId }, after: { assigneeId } }
  await emit(tx, [eventOf(MessageChanged, tenantId, changed, { reach }), ...queued.events])
  return ok({ messageId, deliveryId: queued.deliveryId, sequence: 0 })
}
