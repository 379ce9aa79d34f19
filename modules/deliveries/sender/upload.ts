import type { Connector, ExtraOutcome, Http, ProviderError } from '#channels/connector.ts'
import type { Access } from '#modules/channels/index.ts'
import { holdLines } from '#modules/lines/index.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { BatchTx, Database } from '#platform/db/database.ts'
import { emit } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { insertAttempts, type WaitingUpload } from '../claim-deliveries.ts'
import { type Lease, lockLeases } from '../leases.ts'
import { lockDeliveries, writeDeliveries } from '../rows.ts'
import { settleAttempts } from '../settle-attempts.ts'
import { isOver } from '../status.ts'
import { started } from '../transitions.ts'

export interface UploadOptions {
  connector: Connector<unknown>
  http: Http
  blobs: BlobStore
}

/**
 * Hands a message's file to the provider, ahead of the call that will name it. The delivery keeps waiting meanwhile: uploading
 * twice does no harm, so a sender that dies here leaves nothing unknown behind.
 */
export async function uploadFile(
  upload: WaitingUpload,
  access: Access | null,
  { connector, http, blobs }: UploadOptions,
): Promise<{ kind: 'done'; providerMediaId: string } | { kind: 'refused'; error: ProviderError; retryAfterMs?: number }> {
  if (!connector.extras.uploadMedia) return refused('unsupported_by_channel', 'media', 'The channel takes no files')
  if (!access?.credentials) return refused('credentials_missing', 'auth', 'The channel has no usable credentials')
  const bytes = await blobs.get(upload.blobKey)
  if (!bytes) return refused('file_missing', 'media', 'The file is gone')
  const file = { bytes, mimeType: upload.mimeType, fileName: upload.fileName ?? undefined, from: access.address }
  const outcome: ExtraOutcome<{ providerMediaId: string }> = await connector.extras.uploadMedia(file, access.credentials, http)
  if (outcome.kind === 'done') return { kind: 'done', providerMediaId: outcome.value.providerMediaId }
  return outcome.kind === 'refused' ? outcome : refused('upload_interrupted', 'transient', outcome.reason)
}

function refused(code: string, errorClass: ProviderError['class'], title: string): { kind: 'refused'; error: ProviderError } {
  return { kind: 'refused', error: { code, class: errorClass, title } }
}

/** Remembers what the provider calls the file, for every later message with it. */
export async function rememberUpload(database: Database, clock: Clock, upload: WaitingUpload, providerMediaId: string): Promise<void> {
  await database.batchTransaction([upload.tenantId], clock, (tx) =>
    tx.sql(
      `insert into provider_media (tenant_id, channel_account_id, blob_key, provider_media_id, expires_at) values ($1, $2, $3, $4, $5)
       on conflict (tenant_id, channel_account_id, blob_key) do update set provider_media_id = excluded.provider_media_id, expires_at = excluded.expires_at`,
      [
        toUuid(upload.tenantId),
        toUuid(upload.channelAccountId),
        upload.blobKey,
        providerMediaId,
        new Date(tx.now.getTime() + LIMITS.providerMediaMs),
      ],
      'remember_upload',
    ),
  )
}

/**
 * An upload that failed counts as a try of its delivery, and waits or fails by the same schedule as a call: an attempt that
 * is begun and ended at once. Does nothing when the lease is lost, since the next sender will find the delivery waiting.
 */
export async function refuseUpload(
  { database, clock, holder, lease }: { database: Database; clock: Clock; holder: Id<'sender'>; lease: Lease },
  upload: WaitingUpload,
  outcome: { kind: 'refused'; error: ProviderError; retryAfterMs?: number },
): Promise<void> {
  await database.batchTransaction([upload.tenantId], clock, async (tx: BatchTx) => {
    const epochs = await lockLeases(tx, holder, [lease])
    await holdLines(tx, [{ ...upload, until: tx.now, reason: outcome.error.class }])
    const row = (await lockDeliveries(tx, [upload])).get(upload.deliveryId)
    if (epochs.size === 0 || !row || isOver(row.state) || row.attemptId !== null) return
    const attemptId = newId('attempt')
    const call = { ...started(row, attemptId, tx.now), deliveryId: row.id, attemptId }
    await writeDeliveries(tx, [call])
    await insertAttempts(tx, [call], epochs)
    await emit(tx, await settleAttempts(tx, [{ ...call, outcome }]))
  })
}
