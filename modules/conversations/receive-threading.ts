import type { Arrival, Placed, ReceivingConversation } from './receive-types.ts'
import type { ConversationStatus } from './types.ts'

/** How a tenant threads: one open conversation per contact over all channels, or one per channel account. */
export interface ThreadingRules {
  slot: 'all' | 'account'
  reopenWindowHours: number
}

/** What there is to join in one slot of one contact. All rows are locked. */
export interface Slot {
  open: ReceivingConversation | null
  /** The newest that is resolved. */
  latest: ReceivingConversation | null
  /** Those of the messages that arrivals answer, by id. */
  answered: ReadonlyMap<string, ReceivingConversation>
  rules: ThreadingRules
  /** Makes a conversation, inserted when all is decided. */
  create(arrival: Arrival, status: ConversationStatus): ReceivingConversation
}

const HOUR_MS = 3_600_000

/**
 * Decides the conversation of one arrival, told in words:
 * the open one, whatever the channel; else, for a late message, the one that was resolved after it; else the one it answers,
 * reopened within the reopen window; else a new one. The slot changes with every decision, so arrivals of one batch see each other.
 * @returns null for a notice that nobody is there to read
 */
export function place(slot: Slot, arrival: Arrival): Placed | null {
  if (slot.open) return joinOpen(slot.open, arrival)
  if (arrival.mode === 'notice') return null
  const covering = slot.latest && wasResolvedAfter(slot.latest, arrival) ? slot.latest : null
  if (covering) return { conversation: covering, isLate: true }
  if (arrival.mode === 'customer') return { conversation: reopenAnswered(slot, arrival) ?? startNew(slot, arrival, 'open'), isLate: false }
  const isRecent = slot.latest !== null && isWithinWindow(slot.latest, arrival, slot.rules)
  if (slot.latest && (arrival.mode === 'quiet' || isRecent)) return { conversation: slot.latest, isLate: false }
  return { conversation: startNew(slot, arrival, arrival.mode === 'quiet' ? 'resolved' : 'pending'), isLate: false }
}

/**
 * Snoozed and pending become open on a customer's message, unless it is older than what the conversation shows. The first word of a
 * customer is never too old: where the business began in its own app, the order of arrival must not decide who is seen.
 */
export function joinOpen(conversation: ReceivingConversation, arrival: Arrival): Placed {
  const isLate = arrival.at < conversation.lastMessageAt
  if (arrival.mode === 'customer') {
    if (conversation.status !== 'open' && (!isLate || conversation.lastInboundAt === null)) wake(conversation)
    if (!conversation.lastInboundAt || arrival.at > conversation.lastInboundAt) conversation.lastInboundAt = arrival.at
  }
  if (arrival.at > conversation.lastMessageAt) conversation.lastMessageAt = arrival.at
  return { conversation, isLate }
}

function wake(conversation: ReceivingConversation): void {
  conversation.status = 'open'
  if (conversation.outcome === 'found') conversation.outcome = 'woken'
}

function reopenAnswered(slot: Slot, arrival: Arrival): ReceivingConversation | null {
  const answered = arrival.answersId === null ? undefined : slot.answered.get(arrival.answersId)
  if (answered?.status !== 'resolved' || !isWithinWindow(answered, arrival, slot.rules)) return null
  Object.assign(answered, { status: 'open', outcome: 'reopened', resolvedAt: null })
  slot.open = answered
  return answered
}

function startNew(slot: Slot, arrival: Arrival, status: ConversationStatus): ReceivingConversation {
  const made = slot.create(arrival, status)
  if (status === 'resolved') slot.latest = made
  else slot.open = made
  return made
}

function wasResolvedAfter({ resolvedAt }: ReceivingConversation, { at, timeResolutionMs }: Arrival): boolean {
  return resolvedAt !== null && at.getTime() + timeResolutionMs <= resolvedAt.getTime()
}

function isWithinWindow({ resolvedAt }: ReceivingConversation, { at }: Arrival, rules: ThreadingRules): boolean {
  return resolvedAt !== null && at.getTime() <= resolvedAt.getTime() + rules.reopenWindowHours * HOUR_MS
}
