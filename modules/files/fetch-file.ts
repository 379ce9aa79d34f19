import { createHash } from 'node:crypto'
import type { Capabilities, Connector, ErrorClass, Http, MediaFile, MediaKind } from '#channels/connector.ts'
import type { Access } from '#modules/channels/index.ts'
import { type BlobStore, tenantBlobKey } from '#platform/blobs/port.ts'
import { LIMITS } from '#platform/limits.ts'
import { safeFileName } from './file-name.ts'
import { imageSize } from './image-size.ts'
import { detectType } from './media-type.ts'
import type { PendingFile, StoredFile } from './pending-files.ts'

export interface FetchOptions {
  connector: Connector<unknown>
  http: Http
  blobs: BlobStore
}

export type FetchResult =
  | { kind: 'stored'; file: StoredFile }
  | { kind: 'failed'; failure: string }
  | { kind: 'later'; reason: string; afterMs: number }

/** Between tries; together they reach into the sixth day of the seven that a provider keeps a customer's file. */
const MINUTE_MS = 60_000
const DELAYS_MS = [0.2, 0.5, 2, 10, 30, 60, 180, 360, 720, 1_440, 1_440, 1_440, 1_440].map((minutes) => minutes * MINUTE_MS)

/** Refusals of these classes may pass: of the provider's own making, or mended when the channel is connected again. */
const PASSING: readonly ErrorClass[] = ['transient', 'rate', 'pair_rate', 'account_rate', 'auth', 'permission', 'billing', 'policy']

/**
 * Fetches one file from its provider, looks at what it is, and stores it. What it is decides how it is shown: a "picture" whose
 * bytes are no picture becomes a document, which is only ever offered for download.
 */
export async function fetchFile(
  pending: PendingFile,
  access: Access | null,
  { connector, http, blobs }: FetchOptions,
): Promise<FetchResult> {
  if (!connector.extras.fetchMedia) return { kind: 'failed', failure: 'not_available' }
  if (!access?.credentials) return later(pending, 'the channel has no usable credentials')
  const { providerMediaId, sha256 } = pending
  const media = { providerMediaId, from: access.address, sha256: sha256 ?? undefined }
  const outcome = await connector.extras.fetchMedia(media, access.credentials, http)
  if (outcome.kind === 'ambiguous') return later(pending, outcome.reason)
  if (outcome.kind === 'refused') {
    const { error, retryAfterMs } = outcome
    return PASSING.includes(error.class) ? later(pending, error.title, retryAfterMs) : { kind: 'failed', failure: error.code }
  }
  return store(pending, outcome.value, connector.capabilities.media, blobs)
}

function later({ tries }: PendingFile, reason: string, atLeastMs = 0): FetchResult {
  const delay = DELAYS_MS[tries - 1]
  return delay === undefined ? { kind: 'failed', failure: 'gave_up' } : { kind: 'later', reason, afterMs: Math.max(delay, atLeastMs) }
}

async function store(pending: PendingFile, fetched: MediaFile, media: Capabilities['media'], blobs: BlobStore): Promise<FetchResult> {
  const { bytes } = fetched
  const sizeBytes = bytes.byteLength
  if (sizeBytes === 0) return { kind: 'failed', failure: 'media_missing' }
  const { mimeType, extension } = await detectType(bytes, fetched.mimeType)
  const kind = isOfKind(mimeType, pending.kind) ? pending.kind : 'document'
  const most = Math.min(LIMITS.attachmentBytes, media[kind]?.inbound.maxBytes ?? LIMITS.attachmentBytes)
  if (sizeBytes > most) return { kind: 'failed', failure: 'media_too_large' }
  const size = mimeType.startsWith('image/') ? await imageSize(bytes) : null
  const fileName = safeFileName(pending.fileName ?? fetched.fileName ?? pending.kind, extension)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const blobKey = tenantBlobKey(pending.tenantId, 'media', pending.attachmentId)
  await blobs.put(blobKey, bytes)
  return {
    kind: 'stored',
    file: { kind, mimeType, fileName, sizeBytes, sha256, blobKey, width: size?.width ?? null, height: size?.height ?? null },
  }
}

/** Films without a picture and sounds in a film's container are common enough to be taken as what they were sent as. */
function isOfKind(mimeType: string, kind: MediaKind): boolean {
  if (kind === 'document') return true
  if (kind === 'image' || kind === 'sticker') return mimeType.startsWith('image/')
  return mimeType.startsWith('audio/') || mimeType.startsWith('video/')
}
