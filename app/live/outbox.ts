import type { SendContent } from '#modules/messages/index.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Clock } from '#platform/clock.ts'
import { type Id, newId } from '#platform/ids.ts'
import { type Answer, ask } from './ask.ts'
import type { LiveStore } from './store.ts'
import type { PendingMessage } from './types.ts'

type ConversationId = Id<'conversation'>

/** A message as the composer gives it. `bubble` is what to show of it until the server's own row arrives. */
export interface Draft {
  conversationId: ConversationId
  content: SendContent
  bubble: Pick<MessageView, 'kind' | 'body' | 'content' | 'attachments' | 'replyTo' | 'channel'>
}

export type Send = (path: string, options: { method: 'POST'; body: unknown }) => Promise<Answer<{ sequence: number }>>

/**
 * Sends what the person writes. The message's id is made here and is its idempotency key, so trying again can't send twice and
 * the echo takes the bubble's place. One at a time per conversation: order is kept, and each knows what the one before it got.
 */
export class Outbox {
  readonly #store: LiveStore
  readonly #clock: Clock
  readonly #send: Send
  readonly #seen = new Map<ConversationId, number>()
  readonly #queues = new Map<ConversationId, Promise<void>>()

  constructor(options: { store: LiveStore; clock: Clock; send?: Send }) {
    this.#store = options.store
    this.#clock = options.clock
    this.#send = options.send ?? ask
  }

  /** The highest sequence the person has had before their eyes; a send is refused when there is more. */
  saw(conversationId: ConversationId, sequence: number): void {
    if (sequence > (this.#seen.get(conversationId) ?? 0)) this.#seen.set(conversationId, sequence)
  }

  send(draft: Draft): Promise<void> {
    const view = this.#viewOf(draft)
    const pending: PendingMessage = { view, content: draft.content, state: 'sending', reason: null, missed: [] }
    this.#store.setPending(draft.conversationId, view.id, () => pending)
    return this.#queue(draft.conversationId, view.id)
  }

  /** Once more, under the same id. After `missed_messages`: the person has seen what was missed and sends anyway. */
  retry(conversationId: ConversationId, messageId: Id<'message'>): Promise<void> {
    const pending = this.#store.pendingMessage(conversationId, messageId)
    for (const message of pending?.missed ?? []) this.saw(conversationId, message.sequence)
    this.#store.setPending(conversationId, messageId, (known) => (known ? { ...known, state: 'sending', reason: null, missed: [] } : null))
    return this.#queue(conversationId, messageId)
  }

  /** Takes the bubble away. @returns what it said, so that the composer can have it back */
  withdraw(conversationId: ConversationId, messageId: Id<'message'>): PendingMessage | undefined {
    const pending = this.#store.pendingMessage(conversationId, messageId)
    for (const message of pending?.missed ?? []) this.saw(conversationId, message.sequence)
    this.#store.setPending(conversationId, messageId, () => null)
    return pending
  }

  #queue(conversationId: ConversationId, messageId: Id<'message'>): Promise<void> {
    const before = this.#queues.get(conversationId) ?? Promise.resolve()
    const mine = before.then(() => this.#deliver(conversationId, messageId))
    this.#queues.set(conversationId, mine)
    return mine
  }

  async #deliver(conversationId: ConversationId, messageId: Id<'message'>): Promise<void> {
    const pending = this.#store.pendingMessage(conversationId, messageId)
    if (pending?.state !== 'sending') return
    const { content, view } = pending
    const replyToMessageId = view.replyTo?.messageId ?? undefined
    const body = { messageId, lastSequenceSeen: this.#seen.get(conversationId) ?? 0, replyToMessageId, content }
    const answer = await this.#send(`/conversations/${conversationId}/messages`, { method: 'POST', body })
    // Our own message counts as seen, or the next one would be refused for it.
    if (answer.ok) return this.saw(conversationId, answer.value.sequence)
    const missed = answer.code === 'missed_messages' && Array.isArray(answer.detail) ? (answer.detail as MessageView[]) : []
    if (missed.length > 0) this.#store.take({ messages: missed })
    this.#store.setPending(conversationId, messageId, (known) =>
      known ? { ...known, state: 'refused', reason: answer.code, missed } : null,
    )
  }

  #viewOf({ conversationId, bubble }: Draft): MessageView {
    const now = this.#clock.now().toISOString()
    return {
      ...bubble,
      id: newId('message', this.#clock.now().getTime()),
      version: 0,
      conversationId,
      direction: 'outbound',
      author: { kind: 'member', id: this.#store.memberId, name: null },
      providerTime: now,
      sequence: 0,
      receivedAt: now,
      editedAt: null,
      revokedAt: null,
      reactions: [],
      delivery: null,
    }
  }
}
