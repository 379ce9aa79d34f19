import type { MediaKind } from '#channels/connector.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import type { MemberScope } from './tenants.ts'

/** A file a member has picked and that is stored; its bytes are nowhere, since sending is not what these stories are about. */
export async function anUpload(
  scope: MemberScope,
  given: { kind?: MediaKind; mimeType?: string; fileName?: string; sizeBytes?: number } = {},
): Promise<Id<'upload'>> {
  const id = newId('upload')
  await scope.transaction(({ prisma }) =>
    prisma.upload.create({
      data: {
        tenantId: toUuid(scope.tenantId),
        id: toUuid(id),
        memberId: toUuid(scope.actor.memberId),
        kind: 'image',
        mimeType: 'image/jpeg',
        fileName: 'receipt.jpg',
        sizeBytes: 12_345,
        sha256: '0'.repeat(64),
        blobKey: `test/${id}`,
        ...given,
      },
    }),
  )
  return id
}
