import type { ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'
import type { ConversationStatus } from './types.ts'

/**
 * What an arriving message may do to conversations:
 * - `customer`: joins, reopens or opens one, and counts as work;
 * - `business`: written in the provider's own app; goes where the story is and never makes work;
 * - `quiet`: history, or from somebody blocked; stored and shown, nothing else;
 * - `notice`: the provider's own line ("changed their number"); shown only where a conversation is open.
 */
export type ArrivalMode = 'customer' | 'business' | 'quiet' | 'notice'

/** A message looking for its conversation. */
export interface Arrival {
  tenantId: Id<'tenant'>
  /** The merge root; its row is locked by the caller's transaction. */
  contactId: Id<'contact'>
  channelAccountId: Id<'channelAccount'>
  mode: ArrivalMode
  /** By the provider's time. */
  at: Date
  /** How coarse that time is, milliseconds: a message of the same tick as a resolve is not older than it. */
  timeResolutionMs: number
  /** The conversation of the message it answers. */
  answersId: Id<'conversation'> | null
}

/** A conversation whose row is locked until the transaction ends, and what this transaction did to it. */
export interface ReceivingConversation {
  tenantId: Id<'tenant'>
  id: Id<'conversation'>
  contactId: Id<'contact'>
  slot: string
  status: ConversationStatus
  assigneeId: Id<'member'> | null
  lastMessageAt: Date
  lastInboundAt: Date | null
  resolvedAt: Date | null
  version: number
  /** `opened`: by this transaction; `reopened`: from resolved; `woken`: from snoozed or pending. */
  outcome: 'found' | 'opened' | 'reopened' | 'woken'
}

export interface Placed {
  conversation: ReceivingConversation
  /** Older than what the conversation already showed, or than its resolution: it reopens, wakes and answers nothing (I3). */
  isLate: boolean
}

/** A message that a conversation's row is to show. */
export interface ProjectedMessage {
  tenantId: Id<'tenant'>
  conversationId: Id<'conversation'>
  messageId: Id<'message'>
  at: Date
  direction: 'inbound' | 'outbound'
  kind: string
  /** One readable line, up to `LIMITS.previewChars`. */
  preview: string
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  channel: ChannelKind
  isUnread: boolean
}
