import type { ConversationListItem } from '#modules/conversations/index.ts'
import type { DeliveryView, MessageView } from '#modules/messages/index.ts'
import type { AppAbility } from '#platform/authority.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'

export type ResetReason = 'too_old' | 'unknown_cursor' | 'ability_changed'

/**
 * What a frame says, without its place. Rows are as they are now, so a screen keeps the one with the higher version.
 * - `delivery` carries only what a tick needs; `delivery.delivery` is there when it failed or is not confirmed, for the words.
 * - `removed`: the conversation left the viewer's reach.
 * - `reset`: what the screen shows can't be brought up to date by frames; it reads its pages again and goes on from here.
 */
export type FrameBody =
  | { type: 'conversation'; row: ConversationListItem }
  | { type: 'message'; conversationId: Id<'conversation'>; row: MessageView }
  | DeliveryFrame
  | { type: 'removed'; conversationId: Id<'conversation'> }
  | { type: 'reset'; reason: ResetReason }
  | { type: 'heartbeat' }

export interface DeliveryFrame {
  type: 'delivery'
  conversationId: Id<'conversation'>
  messageId: Id<'message'>
  deliveryId: Id<'delivery'>
  state: string
  /** ISO 8601 UTC. */
  at: string
  version: number
  delivery?: DeliveryView
}

/** `seq` is opaque: a stream opened with it as `Last-Event-ID` goes on right after this frame. */
export type Frame = { seq: string } & FrameBody

/** Who listens, and what they may see at the moment they are asked. */
export interface Subscriber {
  tenantId: Id<'tenant'>
  memberId: Id<'member'>
  /** Read anew at every call; null when the session or the membership has ended, which ends the stream. */
  presentAbility(): Promise<AppAbility | null>
}

/** Rows by id as screens show them; missing ones are left out. Reach is checked by the stream, not here. */
export interface RowLoaders {
  conversations(
    tx: SqlTx,
    tenantId: Id<'tenant'>,
    ids: readonly Id<'conversation'>[],
  ): Promise<ReadonlyMap<Id<'conversation'>, ConversationListItem>>
  messages(tx: SqlTx, tenantId: Id<'tenant'>, ids: readonly Id<'message'>[]): Promise<ReadonlyMap<Id<'message'>, MessageView>>
  /** Each message's latest delivery. */
  deliveries(tx: SqlTx, tenantId: Id<'tenant'>, messageIds: readonly Id<'message'>[]): Promise<ReadonlyMap<Id<'message'>, DeliveryView>>
}
