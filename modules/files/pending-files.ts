import type { ChannelKind, MediaKind } from '#channels/connector.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'

/** A customer's file that is still at the provider. */
export interface PendingFile {
  tenantId: Id<'tenant'>
  attachmentId: Id<'attachment'>
  messageId: Id<'message'>
  channelAccountId: Id<'channelAccount'>
  channel: ChannelKind
  kind: MediaKind
  mimeType: string | null
  fileName: string | null
  sha256: string | null
  providerMediaId: string
  /** How often it was tried, this time included. */
  tries: number
}

/** A claimed file is somebody's until then; a worker that dies leaves it to the next look after that. */
const CLAIM_MS = 180_000

/**
 * Claims files that are due, a few of each tenant, so that one tenant's album does not keep the others waiting. Fetching twice
 * does no harm, so a claim is only a time until which others look away.
 */
export async function claimPendingFiles(tx: SqlTx, tenantIds: readonly Id<'tenant'>[], limit: number): Promise<PendingFile[]> {
  const rows = await tx.sql<Row>(
    `with due as (
       select a.tenant_id, a.id from unnest($1::uuid[]) as t(id)
       cross join lateral (
         select tenant_id, id, due_at from attachments
         where tenant_id = t.id and state = 'pending' and due_at <= $2 order by due_at limit $3::int for update skip locked
       ) a
       order by a.due_at limit $3::int
     ), claimed as (
       update attachments a set tries = a.tries + 1, due_at = $4 from due where a.tenant_id = due.tenant_id and a.id = due.id
       returning a.*
     )
     select c.tenant_id, c.id, c.message_id, c.kind, c.mime_type, c.file_name, c.sha256, c.provider_media_id, c.tries, m.channel_account_id, account.channel
     from claimed c
     join messages m on m.tenant_id = c.tenant_id and m.id = c.message_id
     join channel_accounts account on account.tenant_id = m.tenant_id and account.id = m.channel_account_id`,
    [tenantIds.map(toUuid), tx.now, limit, new Date(tx.now.getTime() + CLAIM_MS)],
    'claim_pending_files',
  )
  return rows.flatMap(fileOf)
}

interface Row {
  tenant_id: string
  id: string
  message_id: string
  kind: MediaKind
  mime_type: string | null
  file_name: string | null
  sha256: string | null
  provider_media_id: string | null
  tries: number
  channel_account_id: string
  channel: ChannelKind
}

function fileOf(row: Row): PendingFile[] {
  if (row.provider_media_id === null) return []
  return [
    {
      tenantId: fromUuid('tenant', row.tenant_id),
      attachmentId: fromUuid('attachment', row.id),
      messageId: fromUuid('message', row.message_id),
      channelAccountId: fromUuid('channelAccount', row.channel_account_id),
      ...{ channel: row.channel, kind: row.kind, mimeType: row.mime_type, fileName: row.file_name, sha256: row.sha256 },
      ...{ providerMediaId: row.provider_media_id, tries: row.tries },
    },
  ]
}

/** What a fetched file turned out to be. */
export interface StoredFile {
  kind: MediaKind
  mimeType: string
  fileName: string
  sizeBytes: number
  sha256: string
  blobKey: string
  width: number | null
  height: number | null
}

/** @returns whether it was still pending: a second worker that fetched the same file changes nothing */
export async function markStored(tx: SqlTx, { tenantId, attachmentId }: PendingFile, file: StoredFile): Promise<boolean> {
  const rows = await tx.sql(
    `update attachments set state = 'stored', failure = null, kind = $3, mime_type = $4, file_name = $5, size_bytes = $6, sha256 = $7, blob_key = $8,
       width = $9, height = $10, version = version + 1
     where tenant_id = $1 and id = $2 and state = 'pending' returning id`,
    [
      toUuid(tenantId),
      toUuid(attachmentId),
      ...[file.kind, file.mimeType, file.fileName, file.sizeBytes, file.sha256, file.blobKey, file.width, file.height],
    ],
    'mark_file_stored',
  )
  return rows.length > 0
}

/** @param failure a code that screens have words for */
export async function markFailed(tx: SqlTx, { tenantId, attachmentId }: PendingFile, failure: string): Promise<boolean> {
  const rows = await tx.sql(
    `update attachments set state = 'failed', failure = $3, version = version + 1 where tenant_id = $1 and id = $2 and state = 'pending' returning id`,
    [toUuid(tenantId), toUuid(attachmentId), failure],
    'mark_file_failed',
  )
  return rows.length > 0
}

export async function postpone(tx: SqlTx, { tenantId, attachmentId }: PendingFile, dueAt: Date): Promise<void> {
  await tx.sql(
    `update attachments set due_at = $3 where tenant_id = $1 and id = $2 and state = 'pending'`,
    [toUuid(tenantId), toUuid(attachmentId), dueAt],
    'postpone_file',
  )
}
