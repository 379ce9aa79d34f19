import { texts, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import type { ArrivedMessage, MessageRef } from './receive-types.ts'

export const refKey = ({ channelAccountId, externalId }: Pick<MessageRef, 'channelAccountId' | 'externalId'>) =>
  `${channelAccountId}|${externalId}`

/**
 * Claims the provider's names of messages, sorted; whoever claims a name first stores the message (I2). A name that a receipt or a
 * reaction mentioned before its message came is free to claim, one that stands for a delivery of ours is not.
 * @returns the messages that are new
 */
export async function claimMessages(tx: SqlTx, messages: readonly ArrivedMessage[]): Promise<Set<Id<'message'>>> {
  const firsts = new Map<string, ArrivedMessage>()
  for (const message of messages) {
    const key = refKey(message)
    if (!firsts.has(key)) firsts.set(key, message)
  }
  if (firsts.size === 0) return new Set()
  const distinct = [...firsts.values()]
  const claimed = await tx.sql<{ message_id: string }>(
    `insert into external_refs (tenant_id, channel_account_id, external_id, message_id)
     select t, a, e, m from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as u(t, a, e, m) order by t, a, e
     on conflict (tenant_id, channel_account_id, external_id) do update set message_id = excluded.message_id
       where external_refs.message_id is null and external_refs.delivery_id is null
     returning message_id`,
    [...columnsOf(distinct), uuids(distinct.map((message) => message.messageId))],
    'claim_messages',
  )
  return new Set(claimed.map((row) => fromUuid('message', row.message_id)))
}

export interface KnownMessage {
  messageId: Id<'message'>
  /** Where it is read now: the conversation it was written in, or the one that was merged into. */
  conversationId: Id<'conversation'>
}

/** The messages that providers' names stand for, by `refKey`; names we do not know (yet) are missing. */
export async function findByRefs(tx: SqlTx, refs: readonly MessageRef[]): Promise<Map<string, KnownMessage>> {
  if (refs.length === 0) return new Map()
  const rows = await tx.sql<{ channel_account_id: string; external_id: string; message_id: string; conversation_id: string }>(
    `select r.channel_account_id, r.external_id, m.id as message_id, coalesce(c.merged_into_id, c.id) as conversation_id
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as w(tenant_id, account_id, external_id)
     join external_refs r on r.tenant_id = w.tenant_id and r.channel_account_id = w.account_id and r.external_id = w.external_id
     join messages m on m.tenant_id = r.tenant_id and m.id = r.message_id
     join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id`,
    columnsOf(refs),
    'find_messages_by_refs',
  )
  return new Map(
    rows.map((row) => [
      refKey({ channelAccountId: fromUuid('channelAccount', row.channel_account_id), externalId: row.external_id }),
      { messageId: fromUuid('message', row.message_id), conversationId: fromUuid('conversation', row.conversation_id) },
    ]),
  )
}

/**
 * Makes and locks the names of messages that are about to be changed, so that a change and its target, when they arrive at the
 * same moment, wait for each other: whoever comes second sees the first.
 */
export async function lockTargets(tx: SqlTx, refs: readonly MessageRef[]): Promise<void> {
  const distinct = [...new Map(refs.map((ref) => [refKey(ref), ref])).values()]
  await tx.sql(
    `insert into external_refs (tenant_id, channel_account_id, external_id)
     select t, a, e from unnest($1::uuid[], $2::uuid[], $3::text[]) as u(t, a, e) order by t, a, e
     on conflict (tenant_id, channel_account_id, external_id) do update set external_id = excluded.external_id`,
    columnsOf(distinct),
    'lock_targets',
  )
}

export function columnsOf(refs: readonly MessageRef[]): unknown[] {
  return [uuids(refs.map((ref) => ref.tenantId)), uuids(refs.map((ref) => ref.channelAccountId)), texts(refs.map((ref) => ref.externalId))]
}

/** Gives back the names of messages that were claimed and then found no place. */
export async function releaseMessages(tx: SqlTx, messages: readonly ArrivedMessage[]): Promise<void> {
  if (messages.length === 0) return
  await tx.sql(
    `delete from external_refs r using unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as w(tenant_id, account_id, external_id, message_id)
     where r.tenant_id = w.tenant_id and r.channel_account_id = w.account_id and r.external_id = w.external_id and r.message_id = w.message_id`,
    [...columnsOf(messages), uuids(messages.map((message) => message.messageId))],
    'release_messages',
  )
}
