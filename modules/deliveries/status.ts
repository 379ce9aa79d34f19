import type { ReceiptStatus } from '#channels/connector.ts'

/**
 * The life of a Delivery (invariant I4). Told in words, from its first state to its last:
 *
 * - `queued`: it waits for its turn on its line, or for its due time.
 * - `sending`: a call to the provider is committed and may be running; or the provider surely did not take it, and the next
 *   try is scheduled for `dueAt`. At most one per line.
 * - `unknown`: the call ended without a word of the provider, so it may have been taken. It is never sent again by itself; a
 *   receipt carrying our attempt id settles it, or after ten minutes a person.
 * - `discarded`: a person gave an unknown delivery up, or had its message sent again as a new delivery.
 * - `sent`: the provider took it.
 * - `failed`: it will not arrive: the provider refused it, or said so in a receipt. A retry is a new delivery.
 * - `delivered`, `read`, `played`: the customer's phone has it, they saw it, they listened to it.
 *
 * A state never goes back. It is the furthest word anybody said, so neither order nor repetition of receipts matters:
 * `failed` may still replace queued, sending and sent, never delivered; a receipt beats what a person guessed.
 */
export const DELIVERY_STATES = ['queued', 'sending', 'unknown', 'discarded', 'sent', 'failed', 'delivered', 'read', 'played'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

const place: Readonly<Record<DeliveryState, number>> = Object.fromEntries(DELIVERY_STATES.map((state, index) => [state, index])) as Record<
  DeliveryState,
  number
>

/** The further of two states: commutative, associative, idempotent. */
export function further(one: DeliveryState, other: DeliveryState): DeliveryState {
  return place[other] > place[one] ? other : one
}

/**
 * What a delivery has come to.
 * @param own how far our own side got: its calls, and a person's word
 * @param receipts what the provider said, in any order, as often as it likes
 */
export function settle(own: DeliveryState, receipts: readonly ReceiptStatus[]): DeliveryState {
  return receipts.reduce<DeliveryState>(further, own)
}

/** Has the provider or a person had the last word on our part, so that nothing more will be sent for it? */
export function isOver(state: DeliveryState): boolean {
  return place[state] >= place.discarded
}
