import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
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
      messages.map((message) => toUuid(message.tenantId)),
      messages.map((message) => toUuid(message.messageId)),
      messages.map((message) => toUuid(message.conversationId)),
      messages.map((message) => toUuid(message.lineId)),
      messages.map((message) => toUuid(message.channelAccountId)),
      messages.map((message) => message.direction),
      messages.map((message) => message.kind),
      messages.map((message) => message.body),
      messages.map((message) => JSON.stringify(message.content)),
      messages.map((message) => message.author.kind),
      messages.map(({ author }) => (author.kind === 'contact' ? toUuid(author.contactId) : null)),
      messages.map((message) => message.replyToExternalId),
      messages.map((message) => (message.replyToMessageId === null ? null : toUuid(message.replyToMessageId))),
      messages.map((message) => message.at),
      messages.map((message) => message.sequence),
      messages.map((message) => message.receivedAt),
    ],
    'insert_messages',
  )
  return insertAttachments(tx, messages)
}

async function insertAttachments(tx: SqlTx, messages: readonly PlacedMessage[]): Promise<Map<Id<'message'>, Id<'attachment'>[]>> {
  const files = messages.flatMap(({ tenantId, messageId, media }) =>
    media === null ? [] : [{ tenantId, messageId, media, attachmentId: newId('attachment') }],
  )
  if (files.length === 0) return new Map()
  await tx.sql(
    `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, sha256, provider_media_id, state, failure, created_at, due_at)
     select t, i, m, k, y, f, s, h, p, case when p is null then 'failed' else 'pending' end, case when p is null then 'not_available' end, $10, $10
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::int[], $8::text[], $9::text[])
       as u(t, i, m, k, y, f, s, h, p)`,
    [
      files.map((file) => toUuid(file.tenantId)),
      files.map((file) => toUuid(file.attachmentId)),
      files.map((file) => toUuid(file.messageId)),
      files.map(({ media }) => media.kind),
      files.map(({ media }) => media.mimeType ?? null),
      files.map(({ media }) => media.fileName?.slice(0, LIMITS.fileNameChars) ?? null),
      files.map(({ media }) => media.sizeBytes ?? null),
      files.map(({ media }) => media.sha256 ?? null),
      files.map(({ media }) => media.providerMediaId ?? null),
      tx.now,
    ],
    'insert_attachments',
  )
  return new Map(files.map((file) => [file.messageId, [file.attachmentId]]))
}
