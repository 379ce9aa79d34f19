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

export type ConversationView = 'mine' | 'unassigned' | 'all'
