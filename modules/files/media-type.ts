import { fileTypeFromBuffer } from 'file-type'
import { type Capabilities, MEDIA_KINDS, type MediaKind, type MediaLimit } from '#channels/connector.ts'

/** What a file turned out to be, by its bytes. */
export interface DetectedType {
  mimeType: string
  /** Without the dot; null when the bytes do not tell. */
  extension: string | null
}

/** Text formats have no magic bytes: these are taken at their word when the bytes are plain text. */
const TEXT_TYPES: Readonly<Record<string, string>> = { 'text/plain': 'txt', 'text/csv': 'csv', 'text/calendar': 'ics', 'text/vcard': 'vcf' }

/** Other names for one and the same type. */
const SAME_TYPES: Readonly<Record<string, string>> = { 'audio/x-m4a': 'audio/mp4', 'audio/opus': 'audio/ogg', 'audio/mp3': 'audio/mpeg' }

const OCTETS = 'application/octet-stream'

/**
 * The type by content; the claimed type counts only for plain text, which nothing else tells apart. What could run as a page
 * (HTML, SVG, scripts) has no magic bytes either and becomes plain text or bytes.
 */
export async function detectType(bytes: Uint8Array, claimedType: string): Promise<DetectedType> {
  const found = await fileTypeFromBuffer(bytes)
  if (found && found.mime !== 'application/xml') return { mimeType: normalType(found.mime), extension: found.ext }
  if (!isPlainText(bytes)) return { mimeType: OCTETS, extension: null }
  const claimed = normalType(claimedType)
  const mimeType = claimed in TEXT_TYPES ? claimed : 'text/plain'
  return { mimeType, extension: TEXT_TYPES[mimeType] ?? null }
}

/** Lower case, without parameters, under the name the capability tables use. */
export function normalType(mimeType: string): string {
  const bare = mimeType.split(';')[0]?.trim().toLowerCase() ?? ''
  return SAME_TYPES[bare] ?? bare
}

function isPlainText(bytes: Uint8Array): boolean {
  try {
    // The first part decides; a character may be cut at its end, so the decoder is told that more follows.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, 65_536), { stream: true })
    return !text.includes('\0')
  } catch {
    return false
  }
}

type Media = Capabilities['media']
type Direction = 'inbound' | 'outbound'

/** As which kind a channel takes such a file from us: the first that lists the type; a sticker is never meant by an upload. */
export function outboundKind(media: Media, mimeType: string): MediaKind | null {
  const kinds = MEDIA_KINDS.filter((kind) => kind !== 'sticker' && kind !== 'voice')
  return kinds.find((kind) => takes(media[kind]?.outbound, mimeType)) ?? null
}

/** A refused file, with all a screen needs to say which limit it broke. */
export interface FileProblem {
  limit: 'size' | 'type' | 'content'
  mimeType: string
  sizeBytes: number
  kind: MediaKind | null
  maxBytes: number | null
  allowedTypes: readonly string[]
}

/** Which limit of the channel's table the file breaks; null when none. */
export function problemOf(
  media: Media,
  direction: Direction,
  file: { kind: MediaKind; mimeType: string; sizeBytes: number },
): FileProblem | null {
  const limit = media[file.kind]?.[direction]
  const problem = { ...file, maxBytes: limit?.maxBytes ?? null, allowedTypes: limit?.mimeTypes ?? [] }
  if (!takes(limit, file.mimeType)) return { ...problem, limit: 'type' }
  return limit && file.sizeBytes > limit.maxBytes ? { ...problem, limit: 'size' } : null
}

function takes(limit: MediaLimit | undefined, mimeType: string): boolean {
  return limit?.mimeTypes.some((allowed) => allowed === '*' || allowed === mimeType) ?? false
}
