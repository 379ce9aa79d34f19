import { createHash } from 'node:crypto'
import { type BlobStore, tenantBlobKey } from '#platform/blobs/port.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { type BuiltConversation, externalIdOf } from '#tests/builders/conversations.ts'
import type { DemoFile } from './files.ts'
import type { DemoStory } from './stories.ts'

/** What the builder of conversations doesn't write: files, reactions and quotes. */
export async function insertExtras(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  blobs: BlobStore,
  files: Record<DemoFile['kind'], DemoFile>,
  stories: readonly DemoStory[],
  built: readonly BuiltConversation[],
): Promise<void> {
  const keys = await storeFiles(tenantId, blobs, files)
  const attachments: object[] = []
  const reactions: object[] = []
  const quotes: object[] = []
  stories.forEach((story, at) => {
    const conversation = built[at]
    if (!conversation) return
    let index = -1
    let answered = conversation.messageIds[0] as Id<'message'>
    for (const turn of story.dialogue.turns) {
      if (turn.kind !== 'reaction') index++
      const messageId = conversation.messageIds[index]
      const previousId = conversation.messageIds[index - 1]
      if (!messageId) continue
      if (turn.from === 'out') answered = messageId
      if (turn.kind === 'reaction') reactions.push(reactionOf(conversation, answered, turn.text, story))
      else if (turn.kind === 'image' || turn.kind === 'voice' || turn.kind === 'document')
        attachments.push(attachmentOf(messageId, files[turn.kind], keys[turn.kind]))
      if (turn.quotesPrevious && previousId)
        quotes.push({ id: toUuid(messageId), quoted: toUuid(previousId), external: externalIdOf(previousId) })
    }
  })
  const tenant = toUuid(tenantId)
  await tx.sql(
    `insert into attachments (tenant_id, id, message_id, kind, mime_type, file_name, size_bytes, sha256, state, blob_key, width, height)
     select $1::uuid, id, message_id, kind, mime_type, file_name, size_bytes, sha256, 'stored', blob_key, width, height
     from jsonb_to_recordset($2::text::jsonb) as r(id uuid, message_id uuid, kind text, mime_type text, file_name text, size_bytes int, sha256 text, blob_key text, width int, height int)`,
    [tenant, JSON.stringify(attachments)],
  )
  await tx.sql(
    `insert into message_reactions (tenant_id, id, channel_account_id, target_external_id, message_id, by_kind, by_id, emoji, provider_time)
     select $1::uuid, id, channel_account_id, target_external_id, message_id, 'contact', by_id, emoji, provider_time
     from jsonb_to_recordset($2::text::jsonb) as r(id uuid, channel_account_id uuid, target_external_id text, message_id uuid, by_id uuid, emoji text, provider_time timestamptz)`,
    [tenant, JSON.stringify(reactions)],
  )
  await tx.sql(
    `update messages m set reply_to_message_id = q.quoted, reply_to_external_id = q.external
     from jsonb_to_recordset($2::text::jsonb) as q(id uuid, quoted uuid, external text) where m.tenant_id = $1::uuid and m.id = q.id`,
    [tenant, JSON.stringify(quotes)],
  )
}

async function storeFiles(
  tenantId: Id<'tenant'>,
  blobs: BlobStore,
  files: Record<DemoFile['kind'], DemoFile>,
): Promise<Record<DemoFile['kind'], string>> {
  const extensions = { image: 'jpg', voice: 'wav', document: 'pdf' } as const
  const keyOf = async (kind: DemoFile['kind']) => {
    const key = tenantBlobKey(tenantId, 'media', `demo-${kind}.${extensions[kind]}`)
    await blobs.put(key, files[kind].bytes)
    return key
  }
  return { image: await keyOf('image'), voice: await keyOf('voice'), document: await keyOf('document') }
}

function attachmentOf(messageId: Id<'message'>, file: DemoFile, blobKey: string) {
  return {
    id: toUuid(newId('attachment')),
    message_id: toUuid(messageId),
    kind: file.kind,
    mime_type: file.mimeType,
    file_name: file.fileName,
    size_bytes: file.bytes.byteLength,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    blob_key: blobKey,
    width: file.width,
    height: file.height,
  }
}

function reactionOf(conversation: BuiltConversation, messageId: Id<'message'>, emoji: string, story: DemoStory) {
  return {
    id: toUuid(newId('reaction')),
    channel_account_id: toUuid(conversation.channelAccountId),
    target_external_id: externalIdOf(messageId),
    message_id: toUuid(messageId),
    by_id: toUuid(conversation.contactId),
    emoji,
    provider_time: story.messages.at(-1)?.at?.toISOString(),
  }
}
