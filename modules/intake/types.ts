import type { Capabilities, ChannelKind, InboundEvent } from '#channels/connector.ts'
import type { AddressOwner } from '#modules/channels/index.ts'

/** An event whose owner is known. An event about a whole business comes once for each of its accounts. */
export interface IncomingEvent {
  event: InboundEvent
  /** When ingress took it. */
  receivedAt: Date
  owner: AddressOwner
}

/** What intake needs to know of a channel; workers make it of the channel registry, which modules do not see. */
export type ChannelFacts = (kind: ChannelKind) => Pick<Capabilities, 'replyWindowHours' | 'timeResolutionMs'>
