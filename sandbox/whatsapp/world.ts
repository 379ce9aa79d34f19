import { bsuidOf, canonicalNumber, digitsOf } from './identity.ts'
import type { BusinessNumber, Chat, ChatMessage, Customer, PendingWebhook, StoredMedia, Template } from './types.ts'

/** Everything the simulated provider knows. It changes by these entries alone, so replaying them rebuilds it after a kill. */
export type WorldEntry =
  | { t: 'number'; number: BusinessNumber }
  | { t: 'number_removed'; phoneNumberId: string }
  | { t: 'customer'; customer: Customer }
  | { t: 'message'; message: ChatMessage }
  | { t: 'message_changed'; wamid: string; change: Partial<ChatMessage> }
  | { t: 'heard'; phoneNumberId: string; customerId: string; at: number }
  | { t: 'template'; template: Template }
  | { t: 'template_removed'; id: string }
  | { t: 'media'; media: StoredMedia }
  | { t: 'media_removed'; id: string }
  | { t: 'webhook'; webhook: PendingWebhook }
  | { t: 'webhook_done'; id: string }

/** What is kept; older messages and quieter chats are forgotten, as on a phone that is full. */
export const WORLD_LIMITS = { messagesPerChat: 200, chats: 5_000, customers: 50_000, media: 2_000 } as const

export class World {
  readonly numbers = new Map<string, BusinessNumber>()
  readonly customers = new Map<string, Customer>()
  readonly chats = new Map<string, Chat>()
  readonly messages = new Map<string, ChatMessage>()
  readonly templates = new Map<string, Template>()
  readonly media = new Map<string, StoredMedia>()
  readonly webhooks = new Map<string, PendingWebhook>()
  private readonly byNumber = new Map<string, string>()
  private readonly byUserId = new Map<string, string>()

  apply(entry: WorldEntry): void {
    switch (entry.t) {
      case 'number':
        this.putNumber(entry.number)
        break
      case 'number_removed':
        this.numbers.delete(entry.phoneNumberId)
        break
      case 'customer':
        this.putCustomer(entry.customer)
        break
      case 'message':
        this.putMessage(entry.message)
        break
      case 'message_changed':
        Object.assign(this.messages.get(entry.wamid) ?? {}, entry.change)
        break
      case 'heard':
        this.hear(this.chatOf(entry.phoneNumberId, entry.customerId), entry.at)
        break
      case 'template':
        this.templates.set(entry.template.id, entry.template)
        break
      case 'template_removed':
        this.templates.delete(entry.id)
        break
      case 'media':
        this.media.set(entry.media.id, entry.media)
        break
      case 'media_removed':
        this.media.delete(entry.id)
        break
      case 'webhook':
        this.webhooks.set(entry.webhook.id, entry.webhook)
        break
      case 'webhook_done':
        this.webhooks.delete(entry.id)
    }
  }

  /** The fewest entries that rebuild the world as it is now. */
  *snapshot(): Generator<WorldEntry> {
    for (const number of this.numbers.values()) yield { t: 'number', number }
    for (const customer of this.customers.values()) yield { t: 'customer', customer }
    for (const template of this.templates.values()) yield { t: 'template', template }
    for (const media of this.media.values()) yield { t: 'media', media }
    for (const chat of this.chats.values()) {
      for (const message of chat.messages) yield { t: 'message', message }
      const { phoneNumberId, customerId, lastInboundAt } = chat
      if (lastInboundAt !== null) yield { t: 'heard', phoneNumberId, customerId, at: lastInboundAt }
    }
    for (const webhook of this.webhooks.values()) yield { t: 'webhook', webhook }
  }

  /** The chat of a pair; made when it is missing. */
  chatOf(phoneNumberId: string, customerId: string): Chat {
    const key = `${phoneNumberId}/${customerId}`
    const known = this.chats.get(key)
    if (known) return known
    const chat: Chat = { phoneNumberId, customerId, messages: [], lastInboundAt: null, touchedAt: 0 }
    this.chats.set(key, chat)
    return chat
  }

  findChat(phoneNumberId: string, customerId: string): Chat | undefined {
    return this.chats.get(`${phoneNumberId}/${customerId}`)
  }

  /** @param phone in any of the forms its country writes */
  findCustomerByNumber(phone: string): Customer | undefined {
    const id = this.byNumber.get(canonicalNumber(digitsOf(phone)))
    return id === undefined ? undefined : this.customers.get(id)
  }

  findCustomerByUserId(userId: string): Customer | undefined {
    const id = this.byUserId.get(userId)
    return id === undefined ? undefined : this.customers.get(id)
  }

  numbersOfWaba(wabaId: string): BusinessNumber[] {
    return [...this.numbers.values()].filter((number) => number.wabaId === wabaId)
  }

  templatesOfWaba(wabaId: string): Template[] {
    return [...this.templates.values()].filter((template) => template.wabaId === wabaId)
  }

  clear(): void {
    const everything = [this.numbers, this.customers, this.chats, this.messages, this.templates, this.media, this.webhooks]
    for (const part of [...everything, this.byNumber, this.byUserId]) part.clear()
  }

  private putNumber(number: BusinessNumber): void {
    this.numbers.set(number.phoneNumberId, number)
    for (const customer of this.customers.values()) this.indexUserId(customer, number)
  }

  private putCustomer(customer: Customer): void {
    const before = this.customers.get(customer.id)
    if (before?.waId && before.waId !== customer.waId) this.byNumber.delete(canonicalNumber(before.waId))
    this.customers.set(customer.id, customer)
    if (customer.waId) this.byNumber.set(canonicalNumber(customer.waId), customer.id)
    for (const number of this.numbers.values()) this.indexUserId(customer, number)
    if (this.customers.size > WORLD_LIMITS.customers) this.forgetFirst(this.customers)
  }

  private indexUserId(customer: Customer, number: BusinessNumber): void {
    const userId = bsuidOf(customer, number)
    if (userId !== undefined) this.byUserId.set(userId, customer.id)
  }

  private putMessage(message: ChatMessage): void {
    const chat = this.chatOf(message.phoneNumberId, message.customerId)
    chat.messages.push(message)
    chat.touchedAt = Math.max(chat.touchedAt, message.at)
    this.messages.set(message.wamid, message)
    if (message.direction === 'inbound') this.hear(chat, message.at)
    if (chat.messages.length > WORLD_LIMITS.messagesPerChat) this.forgetMessage(chat.messages.shift())
    if (this.chats.size > WORLD_LIMITS.chats) this.forgetQuietChats()
  }

  private hear(chat: Chat, at: number): void {
    chat.lastInboundAt = Math.max(chat.lastInboundAt ?? 0, at)
    chat.touchedAt = Math.max(chat.touchedAt, at)
  }

  private forgetMessage(message: ChatMessage | undefined): void {
    if (message) this.messages.delete(message.wamid)
  }

  /** A tenth at once, so that a flood of strangers sorts the chats rarely. */
  private forgetQuietChats(): void {
    const quiet = [...this.chats.entries()].sort(([, a], [, b]) => a.touchedAt - b.touchedAt).slice(0, WORLD_LIMITS.chats / 10)
    for (const [key, chat] of quiet) {
      for (const message of chat.messages) this.messages.delete(message.wamid)
      this.chats.delete(key)
    }
  }

  private forgetFirst<K>(map: Map<K, unknown>): void {
    const [first] = map.keys()
    if (first !== undefined) map.delete(first)
  }
}
