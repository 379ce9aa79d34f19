import type { PendingMessage } from '#app/live/types.ts'
import type { MessageView } from '#modules/messages/types.ts'

/** What a thread is drawn from: days, oldest first, and in them messages and the line above what was unread. */
export interface ThreadDay {
  key: string
  iso: string
  items: ThreadItem[]
}
export type ThreadItem =
  | { kind: 'unread'; key: string }
  | { kind: 'message'; key: string; message: MessageView; pending: PendingMessage | null; isGroupStart: boolean; isGroupEnd: boolean }

/** Messages of one author closer than this stand together, with one name and one margin. */
const GROUP_MS = 5 * 60_000

/**
 * Days, the line above what was unread on opening, and messages grouped by author.
 * @param dayKey the calendar day of a moment in the reader's time zone
 * @param unreadFrom the first sequence that was unread on opening; null = everything had been read
 */
export function layOut(
  messages: readonly MessageView[],
  pending: readonly PendingMessage[],
  dayKey: (iso: string) => string,
  unreadFrom: number | null,
): ThreadDay[] {
  const days: ThreadDay[] = []
  const all = [
    ...messages.map((message) => ({ message, pending: null })),
    ...pending.map((entry) => ({ message: entry.view, pending: entry })),
  ]
  let isUnreadMarked = unreadFrom === null
  for (const [index, entry] of all.entries()) {
    const { message } = entry
    const key = dayKey(message.providerTime)
    if (days.at(-1)?.key !== key) days.push({ key, iso: message.providerTime, items: [] })
    const items = days.at(-1)?.items ?? []
    if (!isUnreadMarked && message.direction === 'inbound' && entry.pending === null && message.sequence >= (unreadFrom ?? 0)) {
      isUnreadMarked = true
      items.push({ kind: 'unread', key: 'unread' })
    }
    const [before, after] = [all[index - 1]?.message, all[index + 1]?.message]
    const isGroupStart = items.at(-1)?.kind !== 'message' || before === undefined || !isTogether(before, message)
    const isGroupEnd = after === undefined || !isTogether(message, after) || dayKey(after.providerTime) !== key
    items.push({ kind: 'message', key: message.id, ...entry, isGroupStart, isGroupEnd })
  }
  return days
}

function isTogether(a: MessageView, b: MessageView): boolean {
  return (
    a.kind !== 'system' &&
    b.kind !== 'system' &&
    a.direction === b.direction &&
    a.author.kind === b.author.kind &&
    a.author.id === b.author.id &&
    Date.parse(b.providerTime) - Date.parse(a.providerTime) < GROUP_MS
  )
}
