import type { ConversationListItem, Page } from '#modules/conversations/types.ts'
import type { Id } from '#platform/ids.ts'
import { newerConversation } from './rows.ts'
import { type ListKey, type ListQuery, listKey, type Window } from './types.ts'
import { belongs, compareKeys, conversationKey, isInside, windowAfter } from './windows.ts'

type ConversationId = Id<'conversation'>

export interface ListRows {
  rows: readonly ConversationListItem[]
  /** Leads to older rows; null when there are none. */
  nextCursor: string | null
}

/** What a person just did, shown before the server's word. */
export type Intent = Partial<Pick<ConversationListItem, 'assignee' | 'status'>>

/** Rows kept at most; above it those that no list shows go first, oldest arrival first. */
const KEPT_ROWS = 5_000
const NOTHING: ListRows = { rows: [], nextCursor: null }

/** The conversations this browser knows, and the lists made of them. Every read is stable until something in it changed. */
export class ConversationRows {
  readonly #memberId: Id<'member'>
  readonly #rows = new Map<ConversationId, ConversationListItem>()
  readonly #intents = new Map<ConversationId, { intent: Intent; version: number }>()
  readonly #readUpTo = new Map<ConversationId, number>()
  readonly #windows = new Map<ListKey, { query: ListQuery; window: Window }>()
  readonly #views = new Map<ConversationId, ConversationListItem>()
  readonly #lists = new Map<ListKey, ListRows>()
  #suspects: { rows: Set<ConversationId>; windows: Set<ListKey> } | null = null

  constructor(memberId: Id<'member'>) {
    this.#memberId = memberId
  }

  /** The row as the person should see it: with what they just did, and read when they have read it. */
  get(id: ConversationId): ConversationListItem | undefined {
    const row = this.#rows.get(id)
    if (row === undefined) return undefined
    const known = this.#views.get(id)
    if (known !== undefined) return known
    const isRead = row.unreadCount > 0 && (this.#readUpTo.get(id) ?? -1) >= row.lastMessageSequence
    const view = { ...row, ...this.#intents.get(id)?.intent, ...(isRead ? { unreadCount: 0 } : {}) }
    this.#views.set(id, view)
    return view
  }

  list(query: ListQuery): ListRows {
    const key = listKey(query)
    const window = this.#windows.get(key)?.window
    if (window === undefined) return NOTHING
    const known = this.#lists.get(key)
    if (known !== undefined) return known
    const rows = [...this.#rows.keys()].flatMap((id) => {
      const row = this.get(id)
      return row !== undefined && this.#isShown(row, query, window) ? [row] : []
    })
    rows.sort((a, b) => compareKeys(conversationKey(b), conversationKey(a)))
    const made = { rows, nextCursor: window.nextCursor }
    this.#lists.set(key, made)
    return made
  }

  hasList(query: ListQuery): boolean {
    return this.#windows.has(listKey(query))
  }

  /** Unread, open, theirs or nobody's: what waits for this person, of the rows this browser knows. */
  unreadCount(): number {
    let count = 0
    for (const id of this.#rows.keys()) {
      const row = this.get(id)
      if (row === undefined || row.unreadCount === 0 || row.status === 'resolved') continue
      if (row.assignee === null || row.assignee.id === this.#memberId) count++
    }
    return count
  }

  take(incoming: ConversationListItem): void {
    this.#suspects?.rows.delete(incoming.id)
    const known = this.#rows.get(incoming.id)
    const row = newerConversation(known, incoming)
    if (row === known) return
    this.#rows.set(row.id, row)
    const intent = this.#intents.get(row.id)
    if (intent !== undefined && row.version > intent.version) this.#intents.delete(row.id)
    this.#changed(row.id)
    if (this.#rows.size > KEPT_ROWS) this.#trim()
  }

  takePage(query: ListQuery, page: Page<ConversationListItem>, kind: 'first' | 'further'): void {
    const key = listKey(query)
    const isSuspect = this.#suspects?.windows.delete(key) ?? false
    const known = isSuspect ? undefined : this.#windows.get(key)?.window
    this.#windows.set(key, { query, window: windowAfter(known, page, conversationKey, kind) })
    for (const row of page.items) this.take(row)
    this.#lists.delete(key)
  }

  /** A newer row or `withdraw` ends it. */
  intend(id: ConversationId, intent: Intent): void {
    const row = this.#rows.get(id)
    if (row === undefined) return
    this.#intents.set(id, { intent, version: row.version })
    this.#changed(id)
  }

  withdraw(id: ConversationId): void {
    if (this.#intents.delete(id)) this.#changed(id)
  }

  /** @returns false when it was read that far before */
  markRead(id: ConversationId, sequence: number): boolean {
    if ((this.#readUpTo.get(id) ?? -1) >= sequence) return false
    this.#readUpTo.set(id, sequence)
    this.#changed(id)
    return true
  }

  remove(id: ConversationId): void {
    this.#rows.delete(id)
    this.#intents.delete(id)
    this.#changed(id)
  }

  /** After a reset nothing known is certain until it is read or told again. */
  suspectAll(): void {
    this.#suspects = { rows: new Set(this.#rows.keys()), windows: new Set(this.#windows.keys()) }
  }

  /** Forgets what was not confirmed since. @returns the conversations that went */
  settle(): ConversationId[] {
    if (this.#suspects === null) return []
    const { rows, windows } = this.#suspects
    this.#suspects = null
    for (const key of windows) this.#windows.delete(key)
    for (const id of rows) this.remove(id)
    this.#lists.clear()
    return [...rows]
  }

  #isShown(row: ConversationListItem, query: ListQuery, window: Window): boolean {
    return belongs(row, query, this.#memberId) && isInside(window, conversationKey(row))
  }

  #changed(id: ConversationId): void {
    this.#views.delete(id)
    this.#lists.clear()
  }

  #trim(): void {
    const windows = [...this.#windows.values()]
    for (const [id, row] of this.#rows) {
      if (this.#rows.size <= KEPT_ROWS * 0.8) return
      if (!windows.some(({ query, window }) => this.#isShown(row, query, window))) this.remove(id)
    }
  }
}
