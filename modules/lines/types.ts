import type { Id } from '#platform/ids.ts'

/** One provider-side person on one channel account, as an event names them. */
export interface LineQuery {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  contactId: Id<'contact'>
  /** Strongest first. */
  identityIds: readonly Id<'contactIdentity'>[]
  /** Has any of them just been learnt, so that it may be on no line yet? */
  hasNews: boolean
}

export interface LineTouch {
  tenantId: Id<'tenant'>
  lineId: Id<'line'>
  /** When the customer wrote, by the provider's time. */
  at: Date
  /** Until when free-form replies may be sent because of it; null where the channel has no window. */
  windowExpiresAt: Date | null
}
