import { type LockedConversation, lockConversation, markAnswered, projectMessages } from '#modules/conversations/index.ts'
import { queueDelivery } from '#modules/deliveries/index.ts'
import { attachUpload } from '#modules/files/index.ts'
import { compileTemplate, findTemplate } from '#modules/templates/index.ts'
import type { Tx } from '#platform/db/database.ts'
import { emit, eventOf } from '#platform/events.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { type ComposedMessage, composeMessage, composeTemplate, unsupported } from './compose-message.ts'
import { MessageCreated } from './events.ts'
import type { SendContent, SendMessage } from './inputs.ts'
import { type ChannelCatalogue, type OutboundPlace, placeOf } from './outbound-place.ts'
import { findMissed, findSent, findTarget, insertOutbound, requestDigest } from './outbound-rows.ts'
import { previewOf } from './preview.ts'
import { reactTo } from './react-to.ts'
import type { SentMessage } from './types.ts'

export type SendFailure =
  | 'not_found'
  | 'not_allowed'
  | 'already_exists'
  | 'conversation_resolved'
  | 'missed_messages'
  | 'window_closed'
  | 'channel_disabled'
  | 'template_not_approved'
  | 'template_parameters_mismatch'
  | 'unsupported_by_channel'
  | 'attachment_rejected'

/**
 * Adds a member's message to an open conversation and queues its delivery, in one transaction; sending happens later. The same
 * message id again gets the first send's answer, whatever has happened since.
 * @returns the message's place and first delivery; or one of
 *   `not_found`: no such conversation, or no such message to answer or react to, within the actor's reach
 *   `not_allowed`: visible, but not theirs to answer
 *   `already_exists`: the message id was used for something else
 *   `conversation_resolved`: reopen it first
 *   `missed_messages`: others wrote what the sender has not seen; detail: MessageView[], oldest first
 *   `window_closed`: only a template may go out now (I8); the sender checks again when it sends
 *   `channel_disabled`, `template_not_approved`, `template_parameters_mismatch`, `unsupported_by_channel`, `attachment_rejected`
 */
export async function sendMessage(
  scope: Scope,
  input: SendMessage,
  capabilitiesOf: ChannelCatalogue,
): Promise<Result<SentMessage, SendFailure>> {
  return scope.transaction(async (tx): Promise<Result<SentMessage, SendFailure>> => {
    const { content } = input
    const permission = content.kind === 'template' ? 'messages.send_template' : 'messages.send'
    const locked = await lockConversation(tx, scope, input.conversationId, permission)
    if (!locked.ok) return locked
    const sent = await findSent(tx, scope, input)
    if (sent) return sent
    const conversation = locked.value
    if (conversation.status === 'resolved') return fail('conversation_resolved')
    if (content.kind === 'reaction') return reactTo(tx, scope, { input, content, conversation, capabilitiesOf })
    const found = await placeOf(tx, scope, conversation, capabilitiesOf)
    if (!found.ok) return found
    const place = found.value
    if (content.kind !== 'template' && !place.isWindowOpen) return fail('window_closed', { windowExpiresAt: place.windowExpiresAt })
    const missed = await findMissed(tx, scope, conversation, input.lastSequenceSeen)
    if (missed.length > 0) return fail('missed_messages', missed)
    if (input.replyToMessageId) {
      if (!place.can.replies) return unsupported('replies')
      if (!(await findTarget(tx, scope, conversation.id, input.replyToMessageId)))
        return fail('not_found', { replyToMessageId: input.replyToMessageId })
    }
    const composed = await compose(tx, scope, content, place)
    return composed.ok ? write(tx, scope, { input, conversation, place, message: composed.value }) : composed
  })
}

async function compose(
  tx: Tx,
  scope: Scope,
  content: Exclude<SendContent, { kind: 'reaction' }>,
  { can, channelAccountId }: OutboundPlace,
): Promise<Result<ComposedMessage, SendFailure>> {
  if (content.kind !== 'template') return composeMessage(content, can)
  if (!can.templates) return unsupported('templates')
  const template = await findTemplate(tx, scope.tenantId, content.templateId)
  if (template?.channelAccountId !== channelAccountId) return fail('not_found', { templateId: content.templateId })
  const compiled = compileTemplate(template, content)
  return compiled.ok ? ok(composeTemplate(compiled.value, can)) : compiled
}

/** From here on nothing is refused any more, apart from the file, which comes first: a refusal must leave nothing behind. */
async function write(
  tx: Tx,
  scope: Scope,
  {
    input,
    conversation,
    place,
    message,
  }: { input: SendMessage; conversation: LockedConversation; place: OutboundPlace; message: ComposedMessage },
): Promise<Result<SentMessage, 'attachment_rejected'>> {
  const { messageId } = input
  const { tenantId } = scope
  const file = message.file && (await attachUpload(tx, { messageId, ...message.file }))
  if (file && !file.ok) return file
  const kind = message.kind ?? file?.value.kind ?? 'document'

  const where = { conversationId: conversation.id, lineId: place.lineId, channelAccountId: place.channelAccountId }
  const shown = { ...where, tenantId, messageId, at: place.now, direction: 'outbound' as const, kind, channel: place.channel }
  const { sequenceOf } = await projectMessages(tx, [{ ...shown, preview: previewOf(message.body), isUnread: false }])
  await markAnswered(tx, tenantId, conversation.id)
  const sequence = sequenceOf.get(messageId) ?? 0
  const row = { ...where, messageId, kind, body: message.body, content: message.content, providerTime: place.now, sequence }
  await insertOutbound(tx, scope, { ...row, replyToMessageId: input.replyToMessageId ?? null }, requestDigest(scope, input))

  const { assigneeId } = conversation
  const queued = await queueDelivery(tx, { ...where, tenantId, messageId, assigneeId })
  const created = { conversationId: conversation.id, messageId, sequence, version: 1 }
  const reach = { before: { assigneeId }, after: { assigneeId } }
  await emit(tx, [eventOf(MessageCreated, tenantId, created, { reach }), ...queued.events])
  return ok({ messageId, deliveryId: queued.deliveryId, sequence })
}
