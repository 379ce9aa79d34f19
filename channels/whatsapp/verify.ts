import { createHmac, timingSafeEqual } from 'node:crypto'
import { equalInConstantTime } from '#platform/crypto.ts'
import type { RawRequest } from '../connector.ts'

const SIGNATURE = /^sha256=(?<hex>[0-9a-f]{64})$/

/**
 * Was this body signed with our app secret? HMAC-SHA256 over the raw bytes, because Meta escapes non-ASCII text in what it
 * signs and re-serialised JSON never matches (README, section 4). Meta signs no time, so age is not judged.
 * @param secret an empty one verifies nothing, or a half-configured app would accept anybody's signature
 */
export function verifySignature(request: RawRequest, secret: string): boolean {
  const hex = SIGNATURE.exec(request.headers['x-hub-signature-256'] ?? '')?.groups?.hex
  if (!hex || secret === '') return false
  return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', secret).update(request.body).digest())
}

/**
 * The subscription handshake (section 4): Meta asks once by GET and wants its challenge back as plain text.
 * @returns the challenge, or null when the token is not ours
 */
export function answerHandshake(request: RawRequest, verifyToken: string): string | null {
  const { 'hub.mode': mode, 'hub.verify_token': token = '', 'hub.challenge': challenge } = request.query
  const isOurs = verifyToken !== '' && equalInConstantTime(token, verifyToken)
  return request.method === 'GET' && mode === 'subscribe' && isOurs && challenge ? challenge : null
}
