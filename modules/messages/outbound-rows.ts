import { createHash } from 'node:crypto'
import type { ContentKind } from '#channels/connector.ts'
import type { LockedConversation } from '#modules/conversations/index.ts'
import type { Tx } from '#platform/db/database.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { SendMessage } from './inputs.ts'
import { loadMessageViews } from './load-message-views.ts'
import type { MessageContent, MessageView, SentMessage } from './types.ts'

/** What makes two sends of one message id the same send: who, what, and in answer to what. */
export function requestDigest(scope: Scope, { content, replyToMessageId }: SendMessage): string {
  const actor = scope.actor.kind === 'member' ? scope.actor.memberId : scope.actor.name
  return createHash('sha256')
    .update(JSON.stringify([actor, replyToMessageId ?? null, content]))
    .digest('base64url')
}

/**
 * The answer to a send that came before, so that a repeated request never makes a second message (the id is made by the
 * sender's browser). Null: it is new.
 * @returns `already_exists` when the id was used for something else
 */
export async function findSent(tx: SqlTx, scope: Scope, input: SendMessage): Promise<Result<SentMessage, 'already_exists'> | null> {
  const [row] = await tx.sql<{ sequence: number; request: string | null; delivery_id: string | null }>(
    `select m.sequence, m.content->>'request' as request,
       (select d.id from deliveries d where d.tenant_id = $1::uuid and d.message_id = m.id order by d.queued_at, d.id limit 1) as delivery_id
     from messages m where m.tenant_id = $1::uuid and m.id = $2::uuid`,
    [toUuid(scope.tenantId), toUuid(input.messageId)],
  )
  if (!row) return null
  if (row.request !== requestDigest(scope, input) || row.delivery_id === null) return fail('already_exists')
  return ok({ messageId: input.messageId, deliveryId: fromUuid('delivery', row.delivery_id), sequence: row.sequence })
}

/**
 * What others wrote in the conversation since the sender last looked: the customer, a colleague, the phone app. Their own
 * messages they know. Oldest first, at most `LIMITS.missedMessagesShown`.
 */
export async function findMissed(
  tx: SqlTx,
  scope: Scope,
  conversation: LockedConversation,
  lastSequenceSeen: number,
): Promise<MessageView[]> {
  if (conversation.messageSequence <= lastSequenceSeen) return []
  const author = scope.actor.kind === 'member' ? toUuid(scope.actor.memberId) : null
  const rows = await tx.sql<{ id: string }>(
    `select id from messages
     where tenant_id = $1::uuid and conversation_id = $2::uuid and sequence > $3::int and kind <> 'reaction'
       and (author_kind <> 'member' or author_id is distinct from $4::uuid)
     order by sequence limit $5::int`,
    [toUuid(scope.tenantId), toUuid(conversation.id), lastSequenceSeen, author, LIMITS.missedMessagesShown],
  )
  const ids = rows.map((row) => fromUuid('message', row.id))
  const views = await loadMessageViews(tx, scope.tenantId, ids)
  return ids.flatMap((id) => views.get(id) ?? [])
}

export interface OutboundRow {
  messageId: Id<'message'>
  conversationId: Id<'conversation'>
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  /** `reaction` carries a reaction to the provider and is shown on what it is about, never as a bubble. */
  kind: ContentKind | 'reaction'
  body: string
  content: MessageContent
  replyToMessageId: Id<'message'> | null
  providerTime: Date
  /** 0 for what has no place in the thread. */
  sequence: number
}

export async function insertOutbound(tx: Tx, scope: Scope, row: OutboundRow, request: string): Promise<void> {
  const { actor } = scope
  await tx.prisma.message.create({
    data: {
      tenantId: toUuid(scope.tenantId),
      id: toUuid(row.messageId),
      conversationId: toUuid(row.conversationId),
      lineId: toUuid(row.lineId),
      channelAccountId: toUuid(row.channelAccountId),
      direction: 'outbound',
      kind: row.kind,
      body: row.body,
      content: JSON.parse(JSON.stringify({ ...row.content, request })),
      authorKind: actor.kind === 'member' ? 'member' : 'automation',
      authorId: actor.kind === 'member' ? toUuid(actor.memberId) : null,
      replyToMessageId: row.replyToMessageId && toUuid(row.replyToMessageId),
      providerTime: row.providerTime,
      sequence: row.sequence,
      receivedAt: tx.now,
    },
  })
}

/** A message that is answered or reacted to: where it went, and what the provider calls it. */
export interface TargetMessage {
  version: number
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  externalId: string | null
}

/** Null unless the message is of this conversation or of one merged into it. */
export async function findTarget(
  tx: SqlTx,
  scope: Scope,
  conversationId: Id<'conversation'>,
  messageId: Id<'message'>,
): Promise<TargetMessage | null> {
  const [row] = await tx.sql<{ version: number; line_id: string; channel_account_id: string; external_id: string | null }>(
    `select m.version, m.line_id, m.channel_account_id, (
       select r.external_id from external_refs r where r.tenant_id = $1::uuid and r.message_id = m.id and r.channel_account_id = m.channel_account_id limit 1
     ) as external_id
     from messages m
     join conversations c on c.tenant_id = $1::uuid and c.id = m.conversation_id and coalesce(c.merged_into_id, c.id) = $2::uuid
     where m.tenant_id = $1::uuid and m.id = $3::uuid and m.kind <> 'reaction'`,
    [toUuid(scope.tenantId), toUuid(conversationId), toUuid(messageId)],
  )
  if (!row) return null
  const place = { lineId: fromUuid('line', row.line_id), channelAccountId: fromUuid('channelAccount', row.channel_account_id) }
  return { ...place, version: row.version, externalId: row.external_id }
}
