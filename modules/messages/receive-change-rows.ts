import { jsons, texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'
import { columnsOf, type KnownMessage, refKey } from './receive-refs.ts'
import type { ArrivedReaction, ArrivedRevision, MessageRef } from './receive-types.ts'

type Known = ReadonlyMap<string, KnownMessage>
type MessageIdRow = { message_id: string | null }

const idsOf = (rows: readonly MessageIdRow[]): Id<'message'>[] =>
  rows.flatMap((row) => (row.message_id === null ? [] : [fromUuid('message', row.message_id)]))

function messageOf(known: Known, change: ArrivedReaction | ArrivedRevision): string | null {
  const message = known.get(refKey({ channelAccountId: change.channelAccountId, externalId: change.targetExternalId }))
  return message ? toUuid(message.messageId) : null
}

/** Which of these names changes wait for. */
export async function findWaiting(tx: SqlTx, arrived: readonly MessageRef[]): Promise<MessageRef[]> {
  if (arrived.length === 0) return []
  const rows = await tx.sql<{ tenant_id: string; channel_account_id: string; external_id: string }>(
    `with arrived as (select * from unnest($1::uuid[], $2::uuid[], $3::text[]) as w(tenant_id, account_id, external_id))
     select w.tenant_id, w.account_id as channel_account_id, w.external_id
     from arrived w join message_reactions r
       on r.tenant_id = w.tenant_id and r.channel_account_id = w.account_id and r.target_external_id = w.external_id
     where r.message_id is null
     union
     select w.tenant_id, w.account_id, w.external_id
     from arrived w join message_revisions r
       on r.tenant_id = w.tenant_id and r.channel_account_id = w.account_id and r.target_external_id = w.external_id
     where r.message_id is null`,
    columnsOf(arrived),
    'find_waiting_changes',
  )
  return rows.map((row) => ({
    tenantId: fromUuid('tenant', row.tenant_id),
    channelAccountId: fromUuid('channelAccount', row.channel_account_id),
    externalId: row.external_id,
  }))
}

/** @returns the messages they wait for no more */
export async function linkWaiting(tx: SqlTx, waiting: readonly MessageRef[], known: Known): Promise<Id<'message'>[]> {
  const found = waiting.filter((ref) => known.has(refKey(ref)))
  if (found.length === 0) return []
  const messageIds = found.flatMap((ref) => known.get(refKey(ref))?.messageId ?? [])
  const link = (table: 'message_reactions' | 'message_revisions') =>
    tx.sql(
      `update ${table} r set message_id = w.message_id from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[])
         as w(tenant_id, account_id, external_id, message_id)
       where r.tenant_id = w.tenant_id and r.channel_account_id = w.account_id and r.target_external_id = w.external_id and r.message_id is null`,
      [...columnsOf(found), uuids(messageIds)],
      `link_${table}`,
    )
  await link('message_reactions')
  await link('message_revisions')
  return messageIds
}

/**
 * Stores reactions; of one side's to one message the newest stands, and among those of one second the greater name, so that every
 * order gives the same. @returns the known messages whose reactions changed
 */
export async function storeReactions(tx: SqlTx, reactions: readonly ArrivedReaction[], known: Known): Promise<Id<'message'>[]> {
  if (reactions.length === 0) return []
  const rows = await tx.sql<MessageIdRow>(
    `insert into message_reactions as r (tenant_id, id, channel_account_id, target_external_id, message_id, by_kind, by_id, emoji, external_id, provider_time)
     select distinct on (t, a, x, k, b) t, i, a, x, m, k, b, e, n, p
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::timestamptz[])
       as u(t, i, a, x, m, k, b, e, n, p)
     order by t, a, x, k, b, p desc, n desc
     on conflict (tenant_id, channel_account_id, target_external_id, by_kind, by_id) do update
       set emoji = excluded.emoji, external_id = excluded.external_id, provider_time = excluded.provider_time,
         message_id = coalesce(excluded.message_id, r.message_id)
       where (excluded.provider_time, excluded.external_id) > (r.provider_time, coalesce(r.external_id, ''))
     returning r.message_id`,
    [
      uuids(reactions.map((reaction) => reaction.tenantId)),
      uuids(reactions.map(() => newId('reaction'))),
      uuids(reactions.map((reaction) => reaction.channelAccountId)),
      texts(reactions.map((reaction) => reaction.targetExternalId)),
      uuids(reactions.map((reaction) => messageOf(known, reaction))),
      texts(reactions.map((reaction) => reaction.by.kind)),
      uuids(reactions.map(({ by, channelAccountId }) => (by.kind === 'contact' ? by.contactId : channelAccountId))),
      texts(reactions.map((reaction) => reaction.emoji)),
      texts(reactions.map((reaction) => reaction.externalId)),
      times(reactions.map((reaction) => reaction.at)),
    ],
    'store_reactions',
  )
  return idsOf(rows)
}

/** Stores edits and withdrawals, each once. @returns the known messages they change */
export async function storeRevisions(tx: SqlTx, revisions: readonly ArrivedRevision[], known: Known): Promise<Id<'message'>[]> {
  if (revisions.length === 0) return []
  const rows = await tx.sql<MessageIdRow>(
    `insert into message_revisions (tenant_id, id, channel_account_id, external_id, target_external_id, message_id, change, body, content, provider_time)
     select t, i, a, e, x, m, c, b, j::jsonb, p
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::timestamptz[])
       as u(t, i, a, e, x, m, c, b, j, p)
     order by t, a, e on conflict (tenant_id, channel_account_id, external_id) do nothing
     returning message_id`,
    [
      uuids(revisions.map((revision) => revision.tenantId)),
      uuids(revisions.map(() => newId('messageRevision'))),
      uuids(revisions.map((revision) => revision.channelAccountId)),
      texts(revisions.map((revision) => revision.externalId)),
      texts(revisions.map((revision) => revision.targetExternalId)),
      uuids(revisions.map((revision) => messageOf(known, revision))),
      texts(revisions.map((revision) => revision.change)),
      texts(revisions.map((revision) => revision.body)),
      jsons(revisions.map((revision) => revision.content)),
      times(revisions.map((revision) => revision.at)),
    ],
    'store_revisions',
  )
  return idsOf(rows)
}

export interface Revised {
  version: number
  body: string
  isRevoked: boolean
}

/**
 * Lets messages show the sum of their revisions: the newest edit's words, since when they were edited or withdrawn. The words
 * before the first edit are kept beside, in the content. Every message named gets a new version.
 */
export async function reviseMessages(
  tx: SqlTx,
  messages: readonly { tenantId: Id<'tenant'>; messageId: Id<'message'> }[],
): Promise<Map<Id<'message'>, Revised>> {
  if (messages.length === 0) return new Map()
  const rows = await tx.sql<{ id: string; version: number; body: string; is_revoked: boolean }>(
    `with latest as (
       select w.tenant_id, w.id,
         (array_agg(r.body order by r.provider_time desc, r.external_id desc) filter (where r.change = 'edit'))[1] as body,
         max(r.provider_time) filter (where r.change = 'edit') as edited_at,
         min(r.provider_time) filter (where r.change = 'revoke') as revoked_at
       from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       left join message_revisions r on r.tenant_id = w.tenant_id and r.message_id = w.id
       group by w.tenant_id, w.id
     )
     update messages m set body = coalesce(l.body, m.body), edited_at = l.edited_at, revoked_at = l.revoked_at, version = m.version + 1,
       content = case when l.edited_at is null or m.content ? 'original' then m.content
         else m.content || jsonb_build_object('original', m.body) end
     from latest l where m.tenant_id = l.tenant_id and m.id = l.id
     returning m.id, m.version, m.body, m.revoked_at is not null as is_revoked`,
    [uuids(messages.map((message) => message.tenantId)), uuids(messages.map((message) => message.messageId))],
    'revise_messages',
  )
  return new Map(rows.map((row) => [fromUuid('message', row.id), { version: row.version, body: row.body, isRevoked: row.is_revoked }]))
}
