import { z } from 'zod'
import { defineEvent } from '#platform/events.ts'
import { idOf } from '#platform/ids.ts'

const about = {
  conversationId: idOf('conversation'),
  messageId: idOf('message'),
  deliveryId: idOf('delivery'),
  channelAccountId: idOf('channelAccount'),
}
const byConversation = (payload: { conversationId: string }) => payload.conversationId

/** A delivery waits to be sent; wakes the sender that holds the channel account's lease. */
export const DeliveryQueued = defineEvent('delivery.queued', z.object({ ...about, dueAt: z.string() }), byConversation)
/** The delivery's state moved (I4); about 100 bytes on the wire, so a screen can turn a tick without loading anything. */
export const DeliveryChanged = defineEvent(
  'delivery.changed',
  z.object({ ...about, state: z.string(), at: z.string(), version: z.number() }),
  byConversation,
)
/** A member read what the customer wrote last, or began to answer; the provider is told if there is time. */
export const LineSeen = defineEvent(
  'line.seen',
  z.object({
    conversationId: idOf('conversation'),
    lineId: idOf('line'),
    channelAccountId: idOf('channelAccount'),
    externalId: z.string(),
    typing: z.boolean(),
    at: z.string(),
  }),
  byConversation,
)
