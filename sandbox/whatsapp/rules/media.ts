import { GraphError } from '../errors.ts'
import type { Fields } from './fields.ts'

/** Whether the provider holds a media id, and of what type. */
export type KnowsMedia = (id: string) => { mimeType: string } | undefined

export const MEDIA_TYPES = ['audio', 'document', 'image', 'sticker', 'video'] as const
export type MediaType = (typeof MEDIA_TYPES)[number]

const OFFICE = 'application/vnd.openxmlformats-officedocument'

/** What may be uploaded and how large it may be, bytes (Cloud API, media; 2025-11). */
export const MEDIA_RULES: Readonly<Record<MediaType, { maxBytes: number; mimeTypes: readonly string[] }>> = {
  audio: { maxBytes: 16_777_216, mimeTypes: ['audio/aac', 'audio/amr', 'audio/mpeg', 'audio/mp4', 'audio/ogg', 'audio/opus'] },
  document: {
    maxBytes: 104_857_600,
    mimeTypes: [
      'text/plain',
      'application/pdf',
      'application/msword',
      'application/vnd.ms-excel',
      'application/vnd.ms-powerpoint',
      `${OFFICE}.wordprocessingml.document`,
      `${OFFICE}.spreadsheetml.sheet`,
      `${OFFICE}.presentationml.presentation`,
    ],
  },
  image: { maxBytes: 5_242_880, mimeTypes: ['image/jpeg', 'image/png'] },
  sticker: { maxBytes: 512_000, mimeTypes: ['image/webp'] },
  video: { maxBytes: 16_777_216, mimeTypes: ['video/mp4', 'video/3gpp'] },
}

/** The type a file counts as; undefined when the provider takes no such file. Parameters such as `; codecs=opus` don't matter. */
export function mediaTypeOf(mimeType: string): MediaType | undefined {
  const bare = bareMimeType(mimeType)
  return MEDIA_TYPES.find((type) => MEDIA_RULES[type].mimeTypes.includes(bare))
}

export function bareMimeType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase()
}

/** `{ id }` of something uploaded or `{ link }`, with what the type allows beside it. */
export function checkMediaRef(part: Fields, type: MediaType, media: KnowsMedia): void {
  part.only('id', 'link', ...(ALLOWED_BESIDE[type] ?? []))
  if (part.has('id') === part.has('link')) throw new GraphError(131009, `Param ${part.path} must have either id or link.`)
  part.optionalText('caption', { max: 1024, min: 0 })
  part.optionalText('filename', { max: 240 })
  part.optionalFlag('voice')
  if (part.has('link')) refuseBadLink(part.text('link', { max: 2048 }))
  else checkStored(part, part.text('id', { max: 100 }), type, media)
}

function checkStored(part: Fields, id: string, type: MediaType, media: KnowsMedia): void {
  const known = media(id)
  if (!known) {
    throw new GraphError(100, undefined, {
      message: `Param ${part.path}['id'] is not a valid whatsapp business account media attachment ID`,
    })
  }
  if (type !== 'document' && mediaTypeOf(known.mimeType) !== type) {
    throw new GraphError(131053, `Media ${id} is ${known.mimeType}, which can't be sent as ${type}.`)
  }
  if (part.raw('voice') === true && bareMimeType(known.mimeType) !== 'audio/ogg') {
    throw new GraphError(131053, 'A voice message must be audio/ogg with the OPUS codec.')
  }
}

const ALLOWED_BESIDE: Readonly<Partial<Record<MediaType, readonly string[]>>> = {
  audio: ['voice'],
  document: ['caption', 'filename'],
  image: ['caption'],
  video: ['caption'],
}

function refuseBadLink(link: string): void {
  if (!/^https?:\/\/[^\s/]+\//.test(`${link}/`)) throw new GraphError(131009, `The link "${link.slice(0, 80)}" is not valid.`)
}
