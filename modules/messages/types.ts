import type {
  ChannelKind,
  ContactCard,
  ContentKind,
  InboundContent,
  InboundContext,
  LocationContent,
  MediaKind,
  OutboundContent,
} from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

/** What `messages.content` holds, by kind. Text and captions are in `body`. */
export interface MessageContent {
  location?: LocationContent
  contacts?: ContactCard[]
  order?: InboundContent['order']
  choice?: InboundContent['choice']
  provider?: InboundContent['provider']
  context?: InboundContext
  /** Of an edited message: what it said at first. */
  original?: string
  /** What the connector is asked to send, where the message's own columns can't say it: interactive, list, template, reaction. */
  outbound?: OutboundContent
  /** A template as the customer reads it; `body` has the same text as its body. */
  template?: { name: string; language: string; header: string | null; footer: string | null; buttons: string[] }
}

export interface AttachmentView {
  id: Id<'attachment'>
  kind: MediaKind
  mimeType: string | null
  fileName: string | null
  sizeBytes: number | null
  state: 'pending' | 'stored' | 'failed'
  failure: string | null
  /** Short-lived signed address; null until stored. */
  url: string | null
  width: number | null
  height: number | null
}

export type DeliveryState = 'queued' | 'sending' | 'unknown' | 'sent' | 'failed' | 'delivered' | 'read' | 'played' | 'discarded'

/** The message's latest delivery, for ticks and failures in words. Times are ISO 8601 UTC. */
export interface DeliveryView {
  id: Id<'delivery'>
  version: number
  state: DeliveryState
  errorCode: string | null
  errorClass: string | null
  errorTitle: string | null
  queuedAt: string
  sentAt: string | null
  deliveredAt: string | null
  readAt: string | null
  failedAt: string | null
  unknownAt: string | null
  /** When the sender tries again by itself; null when it will not. */
  nextTryAt: string | null
}

/** One bubble. The thread is ordered by (providerTime, sequence). */
export interface MessageView {
  id: Id<'message'>
  version: number
  conversationId: Id<'conversation'>
  channel: ChannelKind
  direction: 'inbound' | 'outbound'
  kind: ContentKind
  body: string
  content: MessageContent
  author: { kind: 'contact' | 'member' | 'phone_app' | 'system' | 'automation'; id: string | null; name: string | null }
  /** What it answers. `messageId` null: a message we never had, or of another conversation. */
  replyTo: { messageId: Id<'message'> | null; kind: ContentKind | null; preview: string | null } | null
  providerTime: string
  sequence: number
  receivedAt: string
  editedAt: string | null
  /** Taken back by who wrote it: nothing of what it said is given out any more. */
  revokedAt: string | null
  attachments: AttachmentView[]
  /** `isFailed`: ours, and the provider did not take it, so the customer does not see it. */
  reactions: { by: 'contact' | 'business' | 'member'; emoji: string; isFailed: boolean }[]
  delivery: DeliveryView | null
}

export interface SentMessage {
  messageId: Id<'message'>
  deliveryId: Id<'delivery'>
  sequence: number
}
