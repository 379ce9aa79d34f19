import type { Capabilities, MediaKind } from '#channels/connector.ts'
import type { Tx } from '#platform/db/database.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { problemOf } from './media-type.ts'

export interface AttachUpload {
  messageId: Id<'message'>
  uploadId: Id<'upload'>
  /** Of the channel the message goes out on, which need not be the one the file was picked for. */
  media: Capabilities['media']
}

export interface AttachedFile {
  attachmentId: Id<'attachment'>
  kind: MediaKind
  fileName: string
}

/**
 * Makes an upload a message's file, in the caller's transaction. The upload stays, so the same file may go out again.
 * @returns `attachment_rejected`: no such upload, or the channel does not take it (detail: FileProblem)
 */
export async function attachUpload(
  tx: Tx,
  { messageId, uploadId, media }: AttachUpload,
): Promise<Result<AttachedFile, 'attachment_rejected'>> {
  const tenantId = toUuid(tx.tenantId)
  const upload = await tx.prisma.upload.findUnique({ where: { tenantId_id: { tenantId, id: toUuid(uploadId) } } })
  if (!upload) return fail('attachment_rejected')
  const { mimeType, fileName, sizeBytes, sha256, blobKey, width, height } = upload
  const kind = upload.kind as MediaKind
  const problem = problemOf(media, 'outbound', { kind, mimeType, sizeBytes })
  if (problem) return fail('attachment_rejected', problem)
  const attachmentId = newId('attachment')
  await tx.prisma.attachment.create({
    data: {
      ...{ tenantId, id: toUuid(attachmentId), messageId: toUuid(messageId), state: 'stored', createdAt: tx.now },
      ...{ kind, mimeType, fileName, sizeBytes, sha256, blobKey, width, height },
    },
  })
  return ok({ attachmentId, kind, fileName })
}
