import type { ContentKind, InboundMedia } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'
import type { MessageContent } from './types.ts'

/** What a provider calls one message on one account. */
export interface MessageRef {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  externalId: string
}

/** A message that a provider told us of, before it has a place. */
export interface ArrivedMessage extends MessageRef {
  messageId: Id<'message'>
  direction: 'inbound' | 'outbound'
  author: { kind: 'contact'; contactId: Id<'contact'> } | { kind: 'phone_app' } | { kind: 'system' }
  kind: ContentKind
  body: string
  content: MessageContent
  media: InboundMedia | null
  replyToExternalId: string | null
  /** By the provider's time. */
  at: Date
  receivedAt: Date
}

/** And after. */
export interface PlacedMessage {
  arrived: ArrivedMessage
  conversationId: Id<'conversation'>
  lineId: Id<'line'>
  sequence: number
  replyToMessageId: Id<'message'> | null
}

/** One side's reaction to one message; emoji null = taken back. */
export interface ArrivedReaction extends MessageRef {
  targetExternalId: string
  by: { kind: 'contact'; contactId: Id<'contact'> } | { kind: 'business' }
  emoji: string | null
  at: Date
}

/** An edit or a withdrawal of one message. */
export interface ArrivedRevision extends MessageRef {
  targetExternalId: string
  change: 'edit' | 'revoke'
  body: string
  content: MessageContent
  at: Date
}
