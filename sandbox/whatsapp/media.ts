import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { GraphError } from './errors.ts'
import { newObjectId } from './identity.ts'
import { later, nowMs, type Provider } from './provider.ts'
import { bareMimeType, MEDIA_RULES, MEDIA_TYPES, mediaTypeOf } from './rules/media.ts'
import type { StoredMedia } from './types.ts'
import { WORLD_LIMITS } from './world.ts'

/** Uploads are kept this long. */
const KEPT_MS = 30 * 24 * 3_600_000
const URL_MS = 5 * 60_000

/** Stores an upload of the business by the provider's rules on type and size. @throws GraphError 100 (type), 131053 (size) */
export async function storeUpload(provider: Provider, phoneNumberId: string, file: File): Promise<StoredMedia> {
  const mimeType = file.type
  const type = mediaTypeOf(mimeType)
  if (!type) {
    const allowed = MEDIA_TYPES.flatMap((name) => MEDIA_RULES[name].mimeTypes).join(', ')
    throw new GraphError(100, undefined, {
      message: `(#100) Param file must be a file with one of the following types: ${allowed}. Received file of type '${bareMimeType(mimeType) || 'application/octet-stream'}'.`,
    })
  }
  if (file.size === 0 || file.size > MEDIA_RULES[type].maxBytes) {
    throw new GraphError(131053, `A file of type ${type} must be 1 to ${MEDIA_RULES[type].maxBytes} bytes, got ${file.size}.`)
  }
  return storeMedia(provider, { phoneNumberId, mimeType, fileName: file.name || null, bytes: new Uint8Array(await file.arrayBuffer()) })
}

/** Stores the bytes and remembers them; the oldest go when there are too many. */
export async function storeMedia(
  provider: Provider,
  input: { phoneNumberId: string; mimeType: string; fileName: string | null; bytes: Uint8Array },
): Promise<StoredMedia> {
  const media: StoredMedia = {
    id: newObjectId(),
    phoneNumberId: input.phoneNumberId,
    mimeType: input.mimeType,
    sizeBytes: input.bytes.byteLength,
    sha256: createHash('sha256').update(input.bytes).digest('hex'),
    fileName: input.fileName,
    at: nowMs(provider),
  }
  await provider.files.put(media.id, input.bytes)
  await provider.ledger.record({ t: 'media', media })
  later(provider, 0, () => forgetOldMedia(provider))
  return media
}

async function forgetOldMedia(provider: Provider): Promise<void> {
  const all = [...provider.ledger.world.media.values()]
  const old = all.filter((media, index) => nowMs(provider) - media.at > KEPT_MS || all.length - index > WORLD_LIMITS.media)
  for (const { id } of old) await forgetMedia(provider, id)
}

export async function forgetMedia(provider: Provider, id: string): Promise<void> {
  await provider.ledger.record({ t: 'media_removed', id })
  await provider.files.delete(id)
}

/** Webhooks carry the hash in base64. */
export function base64Hash(media: StoredMedia): string {
  return Buffer.from(media.sha256, 'hex').toString('base64')
}

/** The answer of `GET /<MEDIA_ID>`: an address that works for five minutes, and only with the token. */
export function mediaAnswer(provider: Provider, media: StoredMedia, origin: string): Record<string, unknown> {
  const expires = Math.floor((nowMs(provider) + URL_MS) / 1_000)
  const url = `${origin}/whatsapp_business/attachments/?mid=${media.id}&ext=${expires}&hash=${urlHash(provider, media.id, expires)}`
  return {
    messaging_product: 'whatsapp',
    url,
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: media.sizeBytes,
    id: media.id,
  }
}

/** @returns the media behind a signed address; undefined when it was tampered with or its five minutes are over */
export function mediaBehind(provider: Provider, query: { mid?: string; ext?: string; hash?: string }): StoredMedia | undefined {
  const { mid = '', ext = '', hash = '' } = query
  const expected = Buffer.from(urlHash(provider, mid, Number(ext)))
  const given = Buffer.from(hash)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return Number(ext) * 1_000 > nowMs(provider) ? provider.ledger.world.media.get(mid) : undefined
}

function urlHash(provider: Provider, id: string, expires: number): string {
  return createHmac('sha256', provider.app.appSecret).update(`${id}/${expires}`).digest('base64url')
}
