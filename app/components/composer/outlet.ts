import type { ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

/** Where one answers from: the account of the conversation's line. */
export interface Outlet {
  channel: ChannelKind
  channelAccountId: Id<'channelAccount'>
}
