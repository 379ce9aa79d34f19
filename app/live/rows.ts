import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { DeliveryState, DeliveryView, MessageView } from '#modules/messages/types.ts'
import type { DeliveryFrame } from '#modules/realtime/index.ts'

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

/** Which moment a state fixes, where it fixes one. */
const MOMENT: Partial<Record<DeliveryState, 'sentAt' | 'deliveredAt' | 'readAt' | 'failedAt' | 'unknownAt'>> = {
  sent: 'sentAt',
  delivered: 'deliveredAt',
  read: 'readAt',
  failed: 'failedAt',
  unknown: 'unknownAt',
}

/** The delivery after a frame that may carry nothing but its new state. */
export function deliveryAfter(known: DeliveryView | null, frame: DeliveryFrame): DeliveryView {
  if (frame.delivery !== undefined) return newerDelivery(known, frame.delivery) ?? frame.delivery
  const state = frame.state as DeliveryState
  const moment = MOMENT[state]
  const change = { version: frame.version, state, nextTryAt: null, ...(moment ? { [moment]: frame.at } : {}) }
  if (known?.id === frame.deliveryId) return known.version >= frame.version ? known : { ...known, ...change }
  // Ids are made in the order of time: a greater one is a later delivery of the same message.
  if (known !== null && known.id > frame.deliveryId) return known
  const fresh = {
    errorCode: null,
    errorClass: null,
    errorTitle: null,
    sentAt: null,
    deliveredAt: null,
    readAt: null,
    failedAt: null,
    unknownAt: null,
  }
  return { id: frame.deliveryId, queuedAt: frame.at, ...fresh, ...change }
}
