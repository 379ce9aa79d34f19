import type { ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

export const CONVERSATION_STATUSES = ['open', 'pending', 'snoozed', 'resolved'] as const
export type ConversationStatus = (typeof CONVERSATION_STATUSES)[number]

/** One row of the conversation list, with all the list shows: a page is one query. Times are ISO 8601 UTC. */
export interface ConversationListItem {
  id: Id<'conversation'>
  version: number
  status: ConversationStatus
  contact: { id: Id<'contact'>; name: string | null /** Best address to show when there is no name. */; address: string | null }
  channel: ChannelKind | null
  channelAccountId: Id<'channelAccount'> | null
  channelAccountName: string | null
  lineId: Id<'line'> | null
  assignee: { id: Id<'member'>; name: string } | null
  lastMessageAt: string
  lastMessageSequence: number
  lastMessagePreview: string
  lastMessageKind: string | null
  lastMessageDirection: 'inbound' | 'outbound' | null
  unreadCount: number
  /** Until when free-form replies may be sent on the conversation's line; null = no window or never written to us. */
  windowExpiresAt: string | null
}

export interface Page<Item> {
  items: Item[]
  /** Opaque; null on the last page. */
  nextCursor: string | null
}

export const CONVERSATION_VIEWS = ['mine', 'unassigned', 'all'] as const
export type ConversationView = (typeof CONVERSATION_VIEWS)[number]

/** The list's two tabs: `open` is everything still to be done (open, pending, snoozed), `resolved` what is done. */
export const LIST_STATUSES = ['open', 'resolved'] as const
export type ListStatus = (typeof LIST_STATUSES)[number]

/** How many open conversations each view holds within the actor's reach, counted up to `LIMITS.countedConversations`. */
export type ConversationCounts = Record<ConversationView, { count: number; isMore: boolean }>

/** What became of the row a person changed; null when it left their reach by it, so a screen takes it away. */
export interface ChangedConversation {
  row: ConversationListItem | null
}
