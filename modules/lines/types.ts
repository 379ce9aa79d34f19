import type { Id } from '#platform/ids.ts'

/** One provider-side person on one channel account, as an event names them. */
export interface LineQuery {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  contactId: Id<'contact'>
  /** Strongest first. */
  identityIds: readonly Id<'contactIdentity'>[]
}

export interface OpenedLine {
  /** Where the message belongs: the line of the strongest identity. */
  lineId: Id<'line'>
  /** All lines the identities are on; more than one after two halves of a person met. */
  reachable: Id<'line'>[]
}

export interface LineTouch {
  tenantId: Id<'tenant'>
  lineId: Id<'line'>
  /** When the customer wrote, by the provider's time. */
  at: Date
  /** Until when free-form replies may be sent because of it; null where the channel has no window. */
  windowExpiresAt: Date | null
}
