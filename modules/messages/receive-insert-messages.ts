import { jsons, numbers, texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { PlacedMessage } from './receive-types.ts'

/**
 * Stores messages whose names were claimed and whose sequences were given, with their files still to be fetched. One query, a
 * second when there are files.
 * @returns the attachments of each message that has any
 */
export async function insertInbound(tx: SqlTx, messages: readonly PlacedMessage[]): Promise<Map<Id<'message'>, Id<'attachment'>[]>> {
  if (messages.length === 0) return new Map()
  await tx.sql(
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, body, content, author_kind, author_id,
       reply_to_external_id, reply_to_message_id, provider_time, sequence, received_at)
     select t, i, c, l, a, d, k, b, j::jsonb, ak, ai, re, rm, p, s, r
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::uuid[], $12::text[], $13::uuid[], $14::timestamptz[], $15::int[], $16::timestamptz[])
       as u(t, i, c, l, a, d, k, b, j, ak, ai, re, rm, p, s, r)`,
    [
      uuids(messages.map(({ arrived }) => arrived.tenantId)),
      uuids(messages.map(({ arrived }) => arrived.messageId)),
      uuids(messages.map(({ conversationId }) => conversationId)),
      uuids(messages.map(({ lineId }) => lineId)),
      uuids(messages.map(({ arrived }) => arrived.channelAccountId)),
      texts(messages.map(({ arrived }) => arrived.direction)),
      texts(messages.map(({ arrived }) => arrived.kind)),
      texts(messages.map(({ arrived }) => arrived.body)),
      jsons(messages.map(({ arrived }) => arrived.content)),
      texts(messages.map(({ arrived }) => arrived.author.kind)),
      uuids(messages.map(({ arrived: { author } }) => (author.kind === 'contact' ? author.contactId : null))),
      texts(messages.map(({ arrived }) => arrived.replyToExternalId)),
      uuids(messages.map(({ replyToMessageId }) => replyToMessageId)),
      times(messages.map(({ arrived }) => arrived.at)),
      numbers(messages.map(({ sequence }) => sequence)),
      times(messages.map(({ arrived }) => arrived.receivedAt)),
    ],
    'insert_messages',
  )
  return insertAttachments(tx, messages)
}

async function insertAttachments(tx: SqlTx, messages: readonly PlacedMessage[]): Promise<Map<Id<'message'>, Id<'attachment'>[]>> {
  const files = messages.flatMap(({ arrived: { tenantId, messageId, media } }) =>
    media === null ? [] : [{ tenantId, messageId, media, attachmentId: newId('attachment') }],
  )
  if (files.length === 0) return new Map()
  await tx.sql(
    `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, sha256, provider_media_id, state, failure, created_at, due_at)
     select t, i, m, k, y, f, s, h, p, case when p is null then 'failed' else 'pending' end, case when p is null then 'not_available' end, $10, $10
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[])
       as u(t, i, m, k, y, f, s, h, p)`,
    [
      uuids(files.map((file) => file.tenantId)),
      uuids(files.map((file) => file.attachmentId)),
      uuids(files.map((file) => file.messageId)),
      texts(files.map(({ media }) => media.kind)),
      texts(files.map(({ media }) => media.mimeType ?? null)),
      texts(files.map(({ media }) => media.fileName?.slice(0, LIMITS.fileNameChars) ?? null)),
      numbers(files.map(({ media }) => media.sizeBytes ?? null)),
      texts(files.map(({ media }) => media.sha256 ?? null)),
      texts(files.map(({ media }) => media.providerMediaId ?? null)),
      tx.now,
    ],
    'insert_attachments',
  )
  return new Map(files.map((file) => [file.messageId, [file.attachmentId]]))
}
