import type { ConversationListItem, ConversationView, ListStatus, Page } from '#modules/conversations/types.ts'
import type { SendContent } from '#modules/messages/index.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Id } from '#platform/ids.ts'
import type { Refusal } from './ask.ts'

/** What a list shows: one filter, ordered by last message. */
export interface ListQuery {
  view: ConversationView
  status: ListStatus
}
export type ListKey = `${ConversationView}:${ListStatus}`
export const listKey = ({ view, status }: ListQuery): ListKey => `${view}:${status}`

/** What a page's loader read, for the store. `cursor` is the log's position read before the rows. */
export interface LiveSeed {
  cursor: string | null
  list?: { query: ListQuery; page: Page<ConversationListItem> }
  conversation?: ConversationListItem
  thread?: { conversationId: Id<'conversation'>; page: Page<MessageView> }
}

/** How far back rows are known without a hole: down to `floor`, and `nextCursor` leads further; null = to the very end. */
export interface Window {
  floor: SortKey | null
  nextCursor: string | null
}
/** Time first, then what breaks ties; both sort upwards. */
export type SortKey = readonly [time: string, tie: string | number]

/** A message on its way from this browser to the server: its bubble is shown from `view` until the echo replaces it. */
export interface PendingMessage {
  view: MessageView
  content: SendContent
  state: 'sending' | 'refused'
  reason: Refusal['code'] | null
  /** With `missed_messages`: what others wrote meanwhile. */
  missed: MessageView[]
}

export type Connection =
  | { state: 'connecting' }
  | { state: 'online' }
  /** Lost; the next try is at `retryAt`, milliseconds since 1970. */
  | { state: 'waiting'; retryAt: number }
  | { state: 'offline' }
  /** The session ended: only signing in again helps. */
  | { state: 'signed_out' }
