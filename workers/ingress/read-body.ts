import type { IncomingMessage } from 'node:http'
import { LIMITS } from '#platform/limits.ts'

/** The raw bytes as they came, or why there are none. Nothing of a refused body is kept in memory. */
export function readBody(request: IncomingMessage): Promise<{ kind: 'body'; bytes: Buffer } | { kind: 'too_large' } | { kind: 'aborted' }> {
  if (Number(request.headers['content-length'] ?? 0) > LIMITS.webhookBodyBytes) return Promise.resolve({ kind: 'too_large' })
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.byteLength
      if (size > LIMITS.webhookBodyBytes) {
        chunks.length = 0
        resolve({ kind: 'too_large' })
      } else chunks.push(chunk)
    })
    request.on('end', () => resolve({ kind: 'body', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) }))
    request.on('error', () => resolve({ kind: 'aborted' }))
    request.on('close', () => resolve({ kind: 'aborted' }))
  })
}
