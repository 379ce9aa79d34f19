import type { ConversationListItem, Page } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Id } from '#platform/ids.ts'
import type { ListQuery, SortKey, Window } from './types.ts'

export const conversationKey = (row: ConversationListItem): SortKey => [row.lastMessageAt, row.id]
export const messageKey = (row: MessageView): SortKey => [row.providerTime, row.sequence]

/** Ascending. Times are ISO 8601 UTC of one length, so text order is time order. */
export function compareKeys(a: SortKey, b: SortKey): number {
  if (a[0] !== b[0]) return a[0] < b[0] ? -1 : 1
  if (a[1] === b[1]) return 0
  return a[1] < b[1] ? -1 : 1
}

/**
 * The window after a page was read. A first page replaces the window unless it was continuous until now (`known`), in which
 * case the rows below it are still without a hole; a further page always continues downwards.
 */
export function windowAfter<Row>(
  known: Window | undefined,
  page: Page<Row>,
  keyOf: (row: Row) => SortKey,
  kind: 'first' | 'further',
): Window {
  const last = page.items.at(-1)
  const read: Window = { floor: page.nextCursor === null || last === undefined ? null : keyOf(last), nextCursor: page.nextCursor }
  if (kind === 'further' || known === undefined) return read
  if (known.floor === null) return known
  return read.floor !== null && compareKeys(known.floor, read.floor) < 0 ? known : read
}

/** Rows below the floor are known by chance (an event touched them); showing them would hide the hole in between. */
export function isInside(window: Window, key: SortKey): boolean {
  return window.floor === null || compareKeys(key, window.floor) >= 0
}

/** The list's filter as the server applies it, so that a row enters and leaves by event alone. */
export function belongs(row: ConversationListItem, query: ListQuery, memberId: Id<'member'>): boolean {
  if ((row.status === 'resolved') !== (query.status === 'resolved')) return false
  if (query.view === 'mine') return row.assignee?.id === memberId
  if (query.view === 'unassigned') return row.assignee === null
  return true
}
