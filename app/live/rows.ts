import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { DeliveryView, MessageView } from '#modules/messages/types.ts'

/**
 * The higher version wins, whatever way and in whatever order rows arrive (invariant I12). With equal versions the later
 * arrival wins: it differs at most in signed addresses and in names of neighbours.
 */
export function newerConversation(known: ConversationListItem | undefined, incoming: ConversationListItem): ConversationListItem {
  return known !== undefined && known.version > incoming.version ? known : incoming
}

/** Message and delivery have versions of their own, so a bubble takes the newer of each. */
export function newerMessage(known: MessageView | undefined, incoming: MessageView): MessageView {
  if (known === undefined) return incoming
  const base = known.version > incoming.version ? known : incoming
  const delivery = newerDelivery(known.delivery, incoming.delivery)
  return base.delivery === delivery ? base : { ...base, delivery }
}

/** Of one delivery the higher version; of two (a resend is a new delivery) the one queued later. */
export function newerDelivery(known: DeliveryView | null, incoming: DeliveryView | null): DeliveryView | null {
  if (known === null || incoming === null) return known ?? incoming
  if (known.id === incoming.id) return known.version > incoming.version ? known : incoming
  if (known.queuedAt !== incoming.queuedAt) return known.queuedAt > incoming.queuedAt ? known : incoming
  return known.id > incoming.id ? known : incoming
}
