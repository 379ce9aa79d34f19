import type { AccountAddress, ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

export const CHANNEL_ACCOUNT_STATUSES = ['active', 'disabled', 'error'] as const
export type ChannelAccountStatus = (typeof CHANNEL_ACCOUNT_STATUSES)[number]

/** What screens and the API show of a channel account; never its secrets. Times are ISO 8601 UTC. */
export interface ChannelAccountView {
  id: Id<'channelAccount'>
  version: number
  channel: ChannelKind
  name: string
  address: string
  displayAddress: string | null
  businessId: string | null
  status: ChannelAccountStatus
  statusReason: string | null
  /** The sender's circuit breaker: closed, open or half_open. */
  circuit: string
  circuitReason: string | null
  lastInboundAt: string | null
  createdAt: string
}

/** Secrets of a provider app the tenant brought itself; absent when the account lives in the app all tenants share. */
export interface OwnApp {
  appSecret: string
  verifyToken: string
}

/** An address to find the owner of. `viaAccountId`: the request came on this account's own webhook address. */
export interface AddressQuery {
  account: AccountAddress
  viaAccountId: Id<'channelAccount'> | null
}

export interface AddressOwner {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
}

/** What receiving needs to know of a channel account. */
export interface ReceivingAccount extends AddressOwner {
  channel: ChannelKind
  /** Within what a portfolio-scoped identity (BSUID) is unique. */
  portfolio: string
  lastInboundAt: Date | null
}
