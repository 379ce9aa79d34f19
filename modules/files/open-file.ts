import type { BlobStore } from '#platform/blobs/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { parseFileUrl, verifyFileUrl } from './file-url.ts'

/** A part of a file, as asked for: first and last byte, inclusive; a negative `first` counts from the end. */
export interface FileRange {
  first: number
  last?: number
}

export interface OpenedFile {
  bytes: Uint8Array
  mimeType: string
  fileName: string | null
  sizeBytes: number
  /** Set when only a part was asked for and given. */
  range: { first: number; last: number } | null
  /** May a browser show it in a page? Everything else is offered for download, so that it can't act as one of our pages. */
  isInline: boolean
}

/** Pictures, sound and film that browsers render without running anything. Not SVG, not PDF. */
const INLINE = /^(image\/(jpeg|png|webp|gif)|audio\/[\w.+-]+|video\/[\w.+-]+)$/

interface Row {
  state: string
  mime_type: string | null
  file_name: string | null
  size_bytes: number | null
  blob_key: string | null
  file_key: string
}

/**
 * Opens the file that a signed address names. Needs no sign-in: the signature, made for somebody who was allowed to see the
 * message, is the permission.
 * @param url path and query as made by `signedFileUrl`
 * @returns `not_found` for a wrong signature, one that ran out, another tenant's file, or none: they look the same
 */
export async function openFile(
  { database, blobs, clock }: { database: Database; blobs: BlobStore; clock: Clock },
  { url, range }: { url: string; range?: FileRange },
): Promise<Result<OpenedFile, 'not_found'>> {
  const address = parseFileUrl(url)
  if (!address) return fail('not_found')
  const { tenantId, attachmentId } = address
  const [row] = await database.tenantTransaction(tenantId, clock, (tx) =>
    tx.sql<Row>(
      `select a.state, a.mime_type, a.file_name, a.size_bytes, a.blob_key, s.file_key
       from attachments a join tenant_settings s on s.tenant_id = a.tenant_id where a.tenant_id = $1::uuid and a.id = $2::uuid`,
      [toUuid(tenantId), toUuid(attachmentId)],
    ),
  )
  if (row?.state !== 'stored' || row.blob_key === null || !verifyFileUrl(row.file_key, address, clock.now())) return fail('not_found')
  const sizeBytes = row.size_bytes ?? 0
  const part = range ? within(range, sizeBytes) : null
  const bytes = await blobs.get(row.blob_key, part ?? undefined)
  if (!bytes) return fail('not_found')
  const mimeType = row.mime_type ?? 'application/octet-stream'
  return ok({ bytes, mimeType, fileName: row.file_name, sizeBytes, range: part, isInline: INLINE.test(mimeType) })
}

/** The part that exists of what was asked for; null, meaning the whole file, when nothing of it does. */
function within({ first, last }: FileRange, sizeBytes: number): { first: number; last: number } | null {
  const from = first < 0 ? Math.max(0, sizeBytes + first) : first
  const to = Math.min(first < 0 ? sizeBytes - 1 : (last ?? sizeBytes - 1), sizeBytes - 1)
  return from <= to ? { first: from, last: to } : null
}
