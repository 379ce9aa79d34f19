import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Capabilities, MediaKind } from '#channels/connector.ts'
import { type BlobStore, tenantBlobKey } from '#platform/blobs/port.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { safeFileName } from './file-name.ts'
import { imageSize } from './image-size.ts'
import { detectType, type FileProblem, outboundKind, problemOf } from './media-type.ts'

export const StoreUpload = z.object({
  fileName: z.string().max(1_024),
  /** What the browser believes; the content decides. */
  mimeType: z.string().max(255),
  bytes: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
})
export type StoreUpload = z.infer<typeof StoreUpload>

/** A file an agent picked, ready to be sent. */
export interface UploadView {
  id: Id<'upload'>
  kind: MediaKind
  mimeType: string
  fileName: string
  sizeBytes: number
  width: number | null
  height: number | null
}

/**
 * Stores a file that a member wants to send: its type is told by its content, and its type and size must suit the channel.
 * @param to where it is stored, and what the channel it will be sent on can take
 * @returns the upload; `not_allowed` without `messages.send`; `attachment_rejected` with which limit it broke (FileProblem)
 */
export async function storeUpload(
  scope: Scope,
  input: StoreUpload,
  to: { blobs: BlobStore; media: Capabilities['media'] },
): Promise<Result<UploadView, 'not_allowed' | 'attachment_rejected'>> {
  const { actor } = scope
  if (actor.kind !== 'member' || !scope.ability.can('messages.send', 'Tenant')) return fail('not_allowed')
  const { bytes } = input
  const { mimeType, extension } = await detectType(bytes, input.mimeType)
  const kind = outboundKind(to.media, mimeType)
  const size = kind === 'image' ? await imageSize(bytes) : null
  const problem = refusalOf(to.media, { kind, mimeType, sizeBytes: bytes.byteLength, isReadable: kind !== 'image' || size !== null })
  if (problem || kind === null) return fail('attachment_rejected', problem)

  const id = newId('upload')
  const fileName = safeFileName(input.fileName, extension)
  const blobKey = tenantBlobKey(scope.tenantId, 'uploads', id)
  await to.blobs.put(blobKey, bytes)
  const view = { kind, mimeType, fileName, sizeBytes: bytes.byteLength, width: size?.width ?? null, height: size?.height ?? null }
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const memberId = toUuid(actor.memberId)
  await scope.transaction((tx) =>
    tx.prisma.upload.create({
      data: { ...view, tenantId: toUuid(tx.tenantId), id: toUuid(id), memberId, sha256, blobKey, createdAt: tx.now },
    }),
  )
  return ok({ id, ...view })
}

function refusalOf(
  media: Capabilities['media'],
  { kind, mimeType, sizeBytes, isReadable }: { kind: MediaKind | null; mimeType: string; sizeBytes: number; isReadable: boolean },
): FileProblem | null {
  const file = { kind, mimeType, sizeBytes, maxBytes: null, allowedTypes: [] }
  if (kind === null) {
    const allowedTypes = Object.values(media).flatMap((limits) => limits.outbound.mimeTypes)
    return { ...file, limit: 'type', allowedTypes: [...new Set(allowedTypes)] }
  }
  if (sizeBytes === 0 || !isReadable) return { ...file, limit: 'content' }
  if (sizeBytes > LIMITS.attachmentBytes) return { ...file, limit: 'size', maxBytes: LIMITS.attachmentBytes }
  return problemOf(media, 'outbound', { kind, mimeType, sizeBytes })
}
