import type { MediaKind } from '#channels/connector.ts'
import type { AttachmentView } from '#modules/messages/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { signedFileUrl } from './file-url.ts'

interface Row {
  id: string
  message_id: string
  kind: MediaKind
  mime_type: string | null
  file_name: string | null
  size_bytes: number | null
  state: AttachmentView['state']
  failure: string | null
  width: number | null
  height: number | null
  file_key: string
}

/** Each message's files in their order, with short-lived addresses: one query for a page of messages. */
export async function loadAttachmentViews(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  messageIds: readonly Id<'message'>[],
): Promise<Map<Id<'message'>, AttachmentView[]>> {
  const views = new Map<Id<'message'>, AttachmentView[]>()
  if (messageIds.length === 0) return views
  const rows = await tx.sql<Row>(
    `select a.id, a.message_id, a.kind, a.mime_type, a.file_name, a.size_bytes, a.state, a.failure, a.width, a.height, s.file_key
     from unnest($2::uuid[]) as m(id)
     join attachments a on a.tenant_id = $1::uuid and a.message_id = m.id
     join tenant_settings s on s.tenant_id = $1::uuid
     order by a.message_id, a.position`,
    [toUuid(tenantId), messageIds.map(toUuid)],
    'load_attachment_views',
  )
  for (const row of rows) {
    const messageId = fromUuid('message', row.message_id)
    views.set(messageId, [...(views.get(messageId) ?? []), viewOf(row, tenantId, tx.now)])
  }
  return views
}

function viewOf(row: Row, tenantId: Id<'tenant'>, now: Date): AttachmentView {
  const id = fromUuid('attachment', row.id)
  return {
    id,
    kind: row.kind,
    mimeType: row.mime_type,
    fileName: row.file_name,
    sizeBytes: row.size_bytes,
    state: row.state,
    failure: row.failure,
    url: row.state === 'stored' ? signedFileUrl(row.file_key, tenantId, id, now) : null,
    width: row.width,
    height: row.height,
  }
}
