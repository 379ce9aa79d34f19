import type { Page } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { DeliveryFrame } from '#modules/realtime/index.ts'
import type { Id } from '#platform/ids.ts'
import { deliveryAfter, newerMessage } from './rows.ts'
import type { PendingMessage, Window } from './types.ts'
import { compareKeys, isInside, messageKey, windowAfter } from './windows.ts'

type ConversationId = Id<'conversation'>
type MessageId = Id<'message'>

export interface ThreadView {
  /** Oldest first. */
  messages: readonly MessageView[]
  /** On their way from this browser, in the order they were written. */
  pending: readonly PendingMessage[]
  /** Leads to older messages; null when there are none. */
  olderCursor: string | null
}

/** Threads kept current at once; the one opened longest ago is forgotten and read again when needed. */
const KEPT_THREADS = 30
/**
 * Messages and deliveries kept of threads that are not open here: a page that was read just before they came, and arrives
 * just after, would otherwise miss them.
 */
const KEPT_STRAYS = 1_000

/** The messages this browser knows, thread by thread, and the ones it is sending. */
export class ThreadRows {
  readonly #messages = new Map<ConversationId, Map<MessageId, MessageView>>()
  readonly #pending = new Map<ConversationId, readonly PendingMessage[]>()
  readonly #windows = new Map<ConversationId, Window>()
  readonly #strayMessages = new Map<MessageId, ConversationId>()
  readonly #strayDeliveries = new Map<MessageId, DeliveryFrame>()
  readonly #views = new Map<ConversationId, ThreadView>()
  #suspects: Set<ConversationId> | null = null

  /** Undefined until a page of this thread was read. */
  get(id: ConversationId): ThreadView | undefined {
    const window = this.#windows.get(id)
    if (window === undefined) return undefined
    const known = this.#views.get(id)
    if (known !== undefined) return known
    const messages = [...(this.#messages.get(id)?.values() ?? [])].filter((row) => isInside(window, messageKey(row)))
    messages.sort((a, b) => compareKeys(messageKey(a), messageKey(b)))
    const made = { messages, pending: this.#pending.get(id) ?? [], olderCursor: window.nextCursor }
    this.#views.set(id, made)
    return made
  }

  /** @returns whether the message was not known before */
  take(incoming: MessageView): boolean {
    const { id, conversationId } = incoming
    const thread = this.#messages.get(conversationId) ?? new Map<MessageId, MessageView>()
    this.#messages.set(conversationId, thread)
    const known = thread.get(id)
    const stray = this.#strayDeliveries.get(id)
    this.#strayDeliveries.delete(id)
    thread.set(id, newerMessage(known, stray === undefined ? incoming : { ...incoming, delivery: deliveryAfter(incoming.delivery, stray) }))
    this.setPending(conversationId, id, () => null)
    if (!this.#windows.has(conversationId)) this.#keepStray(id, conversationId)
    this.#views.delete(conversationId)
    return known === undefined
  }

  takeDelivery(frame: DeliveryFrame): void {
    const thread = this.#messages.get(frame.conversationId)
    const message = thread?.get(frame.messageId)
    if (thread === undefined || message === undefined) {
      // Frames of one delivery come in order, so the last says it all.
      this.#strayDeliveries.set(frame.messageId, frame)
      const oldest = this.#strayDeliveries.size > KEPT_STRAYS ? this.#strayDeliveries.keys().next().value : undefined
      if (oldest !== undefined) this.#strayDeliveries.delete(oldest)
      return
    }
    thread.set(frame.messageId, { ...message, delivery: deliveryAfter(message.delivery, frame) })
    this.#views.delete(frame.conversationId)
  }

  takePage(id: ConversationId, page: Page<MessageView>, kind: 'first' | 'further'): void {
    const isSuspect = this.#suspects?.delete(id) ?? false
    const window = windowAfter(isSuspect ? undefined : this.#windows.get(id), page, messageKey, kind)
    // Deleted first, so that the thread read last is the last to be forgotten.
    this.#windows.delete(id)
    this.#windows.set(id, window)
    for (const row of page.items) this.take(row)
    this.#views.delete(id)
    const oldest = this.#windows.size > KEPT_THREADS ? this.#windows.keys().next().value : undefined
    if (oldest !== undefined && !this.#pending.get(oldest)?.length) this.forget(oldest)
  }

  get hasPending(): boolean {
    return [...this.#pending.values()].some((list) => list.length > 0)
  }

  pendingMessage(id: ConversationId, messageId: MessageId): PendingMessage | undefined {
    return this.#pending.get(id)?.find((entry) => entry.view.id === messageId)
  }

  /** Adds, changes or (null) takes away a message on its way; one whose echo has come is not put back. */
  setPending(id: ConversationId, messageId: MessageId, change: (known: PendingMessage | undefined) => PendingMessage | null): void {
    const list = this.#pending.get(id) ?? []
    const known = list.find((entry) => entry.view.id === messageId)
    const changed = change(known)
    if (changed === null) {
      if (known === undefined) return
      this.#pending.set(
        id,
        list.filter((entry) => entry !== known),
      )
    } else if (this.#messages.get(id)?.has(messageId)) return
    else this.#pending.set(id, known === undefined ? [...list, changed] : list.map((entry) => (entry === known ? changed : entry)))
    this.#views.delete(id)
  }

  forget(id: ConversationId): void {
    this.#windows.delete(id)
    this.#messages.delete(id)
    this.#views.delete(id)
  }

  suspectAll(): void {
    this.#suspects = new Set(this.#windows.keys())
  }

  settle(): void {
    for (const id of this.#suspects ?? []) this.forget(id)
    this.#suspects = null
  }

  #keepStray(messageId: MessageId, conversationId: ConversationId): void {
    this.#strayMessages.set(messageId, conversationId)
    for (const [oldest, its] of this.#strayMessages) {
      if (this.#strayMessages.size <= KEPT_STRAYS) return
      this.#strayMessages.delete(oldest)
      if (this.#windows.has(its)) continue
      const thread = this.#messages.get(its)
      thread?.delete(oldest)
      if (thread?.size === 0) this.#messages.delete(its)
    }
  }
}
