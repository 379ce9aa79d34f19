import type { ReceiptTiming } from '../options.ts'

/** A business's number at the provider, with what it may do and how strictly this sandbox plays the provider for it. */
export interface BusinessNumber {
  phoneNumberId: string
  wabaId: string
  displayNumber: string
  accessToken: string
  name: string
  portfolioId: string
  /** A tenant's own app; null = the app all numbers share. */
  appSecret: string | null
  webhookUrl: string | null
  subscribed: boolean
  businessApp: boolean
  userIds: boolean
  requirePlus: boolean
  unknownWindow: 'closed' | 'open'
  windowError: 'status' | 'answer'
  messagesPerSecond: number | null
  pairLimit: { everyMs: number; burst: number } | null
  receipts: Partial<ReceiptTiming>
}

/** A person with a phone. */
export interface Customer {
  id: string
  name: string | null
  username: string | null
  /** Digits; null when the business knows this person by a business-scoped user id only. */
  waId: string | null
  /** A fixed BSUID; null = derived per portfolio. */
  userId: string | null
  /** Rises when the phone number changes, which gives the person a new BSUID. */
  generation: number
  onWhatsApp: boolean
  online: boolean
  readReceipts: boolean
  marketing: 'resume' | 'stop'
  receiptDelayMs: number
  failWith: number | null
}

/** Content as the provider words it: `{ type: 'text', text: { body } }`. */
export interface ProviderContent {
  type: string
  [key: string]: unknown
}

export type MessageStatus = 'pending' | 'sent' | 'delivered' | 'read' | 'played' | 'failed'

export interface ChatMessage {
  wamid: string
  phoneNumberId: string
  customerId: string
  /** Seen from the business: `inbound` was written by the customer. */
  direction: 'inbound' | 'outbound'
  /** Milliseconds. */
  at: number
  content: ProviderContent
  status: MessageStatus
  /** `biz_opaque_callback_data` of an outbound message. */
  echo: string | null
  /** What the business pays for: only set on outbound messages. */
  pricing: Pricing | null
  errorCode: number | null
  replyTo: string | null
  reactions: { customer?: string; business?: string }
  edited: boolean
  deleted: boolean
  /** The button or row the customer chose on this message. */
  answered: string | null
}

export interface Pricing {
  billable: boolean
  pricing_model: 'PMP'
  type: 'regular' | 'free_customer_service'
  category: string
}

export interface Template {
  id: string
  wabaId: string
  name: string
  language: string
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  parameterFormat: 'POSITIONAL' | 'NAMED'
  status: string
  components: Record<string, unknown>[]
  rejectedReason: string
  quality: 'UNKNOWN' | 'GREEN' | 'YELLOW' | 'RED'
}

export interface StoredMedia {
  id: string
  phoneNumberId: string
  mimeType: string
  sizeBytes: number
  /** Lower-case hex. */
  sha256: string
  fileName: string | null
  /** Milliseconds. */
  at: number
}

export interface Chat {
  phoneNumberId: string
  customerId: string
  /** Newest last, bounded. */
  messages: ChatMessage[]
  /** The customer's newest message to this number, milliseconds; null = none we know of. */
  lastInboundAt: number | null
  /** Newest activity, milliseconds: decides which chats are kept. */
  touchedAt: number
}

/** A webhook not yet answered with 2xx. */
export interface PendingWebhook {
  id: string
  phoneNumberId: string | null
  wabaId: string
  /** The exact bytes, ASCII by construction. */
  body: string
  /** What it carries, such as `message:<wamid>` and `status:<wamid>:read`. */
  items: string[]
}
