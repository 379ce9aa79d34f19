import { refuse } from './respond.ts'

/** The request's body as bytes, read no further than `most`; 413 says that there is more. */
export async function parseBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer>> {
  if (Number(request.headers.get('content-length') ?? 0) > most) refuse('too_large', { maxBytes: most })
  const parts: Uint8Array[] = []
  const body = request.body as AsyncIterable<Uint8Array> | null
  let size = 0
  // A body without a length may be of any, so it is counted while it is read.
  for await (const part of body ?? []) {
    size += part.byteLength
    if (size > most) refuse('too_large', { maxBytes: most })
    parts.push(part)
  }
  return new Uint8Array(Buffer.concat(parts, size))
}
