import type { FileRange, OpenedFile } from '#modules/files/index.ts'
import type { Result } from '#platform/result.ts'
import { problemResponse } from '../http/respond.ts'

type Open = (input: { url: string; range?: FileRange }) => Promise<Result<OpenedFile, 'not_found'>>

/** A stored file for whoever has its signed address; parts of it for players that skip about. */
export async function fileResponse(request: Request, open: Open): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const opened = await open({ url: pathname + search, range: rangeOf(request.headers.get('range')) })
  if (!opened.ok) return problemResponse(opened.code)
  const file = opened.value
  const { range } = file
  const headers = new Headers({
    'content-type': file.mimeType,
    'content-length': String(file.bytes.byteLength),
    'content-disposition': disposition(file),
    'accept-ranges': 'bytes',
    // The address runs out within hours and is signed for one file, whose bytes never change.
    'cache-control': 'private, max-age=3600, immutable',
    // A customer's file must never act as one of our pages, whatever is in it.
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    'x-content-type-options': 'nosniff',
  })
  if (range) headers.set('content-range', `bytes ${range.first}-${range.last}/${file.sizeBytes}`)
  return new Response(new Uint8Array(file.bytes), { status: range ? 206 : 200, headers })
}

/** One range, as players ask; several at once (RFC 9110, section 14.2, allows us to) are answered with the whole. */
function rangeOf(header: string | null): FileRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === '') return last === '' || last === '0' ? undefined : { first: -Number(last) }
  return { first: Number(first), ...(last === '' ? {} : { last: Number(last) }) }
}

/** RFC 6266: a plain name for old readers, the real one in UTF-8. */
function disposition({ fileName, isInline }: OpenedFile): string {
  const kind = isInline ? 'inline' : 'attachment'
  if (fileName === null) return kind
  const plain = fileName.replace(/[^\x20-\x7e]|["\\%]/g, '_')
  const coded = encodeURIComponent(fileName).replace(/['()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)
  return `${kind}; filename="${plain}"; filename*=UTF-8''${coded}`
}
