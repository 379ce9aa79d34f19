import type { ConversationListItem, Page } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Frame } from '#modules/realtime/index.ts'
import type { Id } from '#platform/ids.ts'
import { ConversationRows, type Intent, type ListRows } from './conversation-rows.ts'
import { ThreadRows, type ThreadView } from './thread-rows.ts'
import type { ListQuery, LiveSeed, PendingMessage } from './types.ts'

type ConversationId = Id<'conversation'>
type MessageId = Id<'message'>

/**
 * The browser's rows over all screens (design: invariant I12): loaders seed it, the event stream keeps it current, the higher
 * version wins. Reads return the same object until something in it changed, as `useSyncExternalStore` wants. What the stream
 * brings is announced together, by `schedule`, because a busy tenant has hundreds of frames a second.
 */
export class LiveStore {
  readonly memberId: Id<'member'>
  readonly #schedule: (run: () => void) => void
  readonly #conversations: ConversationRows
  readonly #threads = new ThreadRows()
  readonly #listeners = new Set<() => void>()
  readonly #arrivals = new Set<(message: MessageView) => void>()
  readonly #rowWatchers = new Set<() => void>()
  #isAnnouncing = false

  constructor(options: { memberId: Id<'member'>; schedule: (run: () => void) => void }) {
    this.memberId = options.memberId
    this.#schedule = options.schedule
    this.#conversations = new ConversationRows(options.memberId)
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Told of each message that comes in from outside for the first time, by the stream and not with a page. */
  onArrival(listener: (message: MessageView) => void): () => void {
    this.#arrivals.add(listener)
    return () => this.#arrivals.delete(listener)
  }

  /** Told when the stream changed any conversation, so that counters can be counted again. */
  onRowsChanged(listener: () => void): () => void {
    this.#rowWatchers.add(listener)
    return () => this.#rowWatchers.delete(listener)
  }

  conversation(id: ConversationId): ConversationListItem | undefined {
    return this.#conversations.get(id)
  }

  list(query: ListQuery): ListRows {
    return this.#conversations.list(query)
  }

  hasList(query: ListQuery): boolean {
    return this.#conversations.hasList(query)
  }

  /** Undefined until a page of this thread was read. */
  thread(id: ConversationId): ThreadView | undefined {
    return this.#threads.get(id)
  }

  unreadCount(): number {
    return this.#conversations.unreadCount()
  }

  /** Takes over what a loader read. Says nothing to listeners: pages seed while they render and call `announce` afterwards. */
  seed(seed: LiveSeed): void {
    if (seed.conversation) this.#conversations.take(seed.conversation)
    if (seed.list) this.#conversations.takePage(seed.list.query, seed.list.page, 'first')
    if (seed.thread) this.#threads.takePage(seed.thread.conversationId, seed.thread.page, 'first')
  }

  appendList(query: ListQuery, page: Page<ConversationListItem>): void {
    this.#conversations.takePage(query, page, 'further')
    this.announce()
  }

  appendThread(id: ConversationId, page: Page<MessageView>): void {
    this.#threads.takePage(id, page, 'further')
    this.announce()
  }

  /** @returns whether a `reset` was among them: the caller then reads its pages again and calls `settle` */
  apply(frames: readonly Frame[]): boolean {
    let isReset = false
    for (const frame of frames) {
      if (frame.type === 'conversation') this.#conversations.take(frame.row)
      else if (frame.type === 'message') this.#arrive(frame.row)
      else if (frame.type === 'delivery') this.#threads.takeDelivery(frame)
      else if (frame.type === 'removed') this.#remove(frame.conversationId)
      else if (frame.type === 'reset') {
        isReset = true
        this.suspect()
      }
    }
    if (frames.some(({ type }) => type === 'conversation' || type === 'removed')) for (const listener of this.#rowWatchers) listener()
    this.#announceSoon()
    return isReset
  }

  /** What is known may have holes: it stays on screen until it was read again. */
  suspect(): void {
    this.#conversations.suspectAll()
    this.#threads.suspectAll()
  }

  /** After a reset, once the visible pages were read again: forgets what nobody confirmed. */
  settle(): void {
    this.#threads.settle()
    for (const id of this.#conversations.settle()) this.#threads.forget(id)
    this.announce()
  }

  /** Rows that an answer brought, such as the conversation after an assignment or the messages a send had missed. */
  take(rows: { conversation?: ConversationListItem | null; messages?: readonly MessageView[] }): void {
    if (rows.conversation) this.#conversations.take(rows.conversation)
    for (const message of rows.messages ?? []) this.#threads.take(message)
    this.announce()
  }

  /** Shows a change before the server's word; a newer row or `withdraw` ends it. */
  intend(id: ConversationId, intent: Intent): void {
    this.#conversations.intend(id, intent)
    this.announce()
  }

  withdraw(id: ConversationId): void {
    this.#conversations.withdraw(id)
    this.announce()
  }

  remove(id: ConversationId): void {
    this.#remove(id)
    this.announce()
  }

  /** Read as far as `sequence`, here and now. @returns false when that was known */
  markRead(id: ConversationId, sequence: number): boolean {
    const isNews = this.#conversations.markRead(id, sequence)
    if (isNews) this.announce()
    return isNews
  }

  pendingMessage(id: ConversationId, messageId: MessageId): PendingMessage | undefined {
    return this.#threads.pendingMessage(id, messageId)
  }

  /** Is anything written here that the server has not taken? */
  get hasPending(): boolean {
    return this.#threads.hasPending
  }

  setPending(id: ConversationId, messageId: MessageId, change: (known: PendingMessage | undefined) => PendingMessage | null): void {
    this.#threads.setPending(id, messageId, change)
    this.announce()
  }

  announce(): void {
    for (const listener of this.#listeners) listener()
  }

  #announceSoon(): void {
    if (this.#isAnnouncing) return
    this.#isAnnouncing = true
    this.#schedule(() => {
      this.#isAnnouncing = false
      this.announce()
    })
  }

  #arrive(message: MessageView): void {
    const isNew = this.#threads.take(message)
    if (isNew && message.direction === 'inbound') for (const listener of this.#arrivals) listener(message)
  }

  #remove(id: ConversationId): void {
    this.#conversations.remove(id)
    this.#threads.forget(id)
  }
}
