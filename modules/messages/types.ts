import type {
  ChannelKind,
  ContactCard,
  ContentKind,
  InboundContent,
  InboundContext,
  LocationContent,
  MediaKind,
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
  /** Outbound interactive, list and template, as the composer gave them. */
  outbound?: unknown
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
  replyTo: { messageId: Id<'message'> | null; preview: string | null } | null
  providerTime: string
  sequence: number
  receivedAt: string
  editedAt: string | null
  revokedAt: string | null
  attachments: AttachmentView[]
  reactions: { by: 'contact' | 'business' | 'member'; emoji: string }[]
  delivery: DeliveryView | null
}

export interface SentMessage {
  messageId: Id<'message'>
  deliveryId: Id<'delivery'>
  sequence: number
}
