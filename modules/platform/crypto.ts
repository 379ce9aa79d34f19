import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/**
 * Secrets at rest: AES-256-GCM envelopes (NIST SP 800-38D). Each value gets a data key of its own, sealed by a key of the
 * ring; both layers are bound to the value's place, so a sealed value copied to another tenant or row does not open.
 * Layout: version(1) · key id length(1) · key id · nonce(12) · sealed data key(32 + tag 16) · nonce(12) · text · tag(16).
 */
export interface KeyRing {
  /** @param context where the value lives, e.g. `channel_credentials/<tenant>/<account>`; needed again to open it */
  seal(plain: Uint8Array, context: string): Buffer
  /** @throws SealBroken when the key is gone from the ring, the place is another, or a byte was changed */
  open(sealed: Uint8Array, context: string): Buffer
  /** Was it sealed by a key that is no longer the first? Then it should be sealed anew. */
  isStale(sealed: Uint8Array): boolean
}

export class SealBroken extends Error {
  override name = 'SealBroken'
}

const VERSION = 1
const NONCE = 12
const TAG = 16
const KEY = 32

/** @param text `id:base64key,…` as in WEFT_KEYS, already checked by the environment's schema; the first key seals. */
export function parseKeyRing(text: string): KeyRing {
  const keys = new Map<string, Buffer>()
  for (const entry of text.split(',')) {
    const [id = '', key = ''] = entry.trim().split(':')
    keys.set(id, Buffer.from(key.replaceAll('-', '+').replaceAll('_', '/'), 'base64'))
  }
  const [firstId = '', firstKey = Buffer.alloc(0)] = [...keys][0] ?? []
  if (firstKey.length !== KEY) throw new Error('the key ring has no key of 32 bytes')
  return {
    seal: (plain, context) => seal(plain, context, firstId, firstKey),
    open: (sealed, context) => open(Buffer.from(sealed), context, keys),
    isStale: (sealed) => keyIdOf(Buffer.from(sealed)) !== firstId,
  }
}

function seal(plain: Uint8Array, context: string, keyId: string, key: Buffer): Buffer {
  const dataKey = randomBytes(KEY)
  const id = Buffer.from(keyId)
  return Buffer.concat([
    Buffer.from([VERSION, id.length]),
    id,
    encrypt(key, dataKey, `key|${keyId}|${context}`),
    encrypt(dataKey, plain, `data|${context}`),
  ])
}

function open(sealed: Buffer, context: string, keys: ReadonlyMap<string, Buffer>): Buffer {
  const keyId = keyIdOf(sealed)
  const key = keys.get(keyId)
  if (!key) throw new SealBroken(`the key ring has no key named ${keyId}; add the old key to WEFT_KEYS again`)
  const start = 2 + Buffer.byteLength(keyId)
  const dataKeyEnd = start + NONCE + KEY + TAG
  const dataKey = decrypt(key, sealed.subarray(start, dataKeyEnd), `key|${keyId}|${context}`)
  return decrypt(dataKey, sealed.subarray(dataKeyEnd), `data|${context}`)
}

function keyIdOf(sealed: Buffer): string {
  if (sealed[0] !== VERSION) throw new SealBroken('not a sealed value')
  return sealed.subarray(2, 2 + (sealed[1] ?? 0)).toString()
}

function encrypt(key: Buffer, plain: Uint8Array, context: string): Buffer {
  const nonce = randomBytes(NONCE)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context))
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, sealed: Buffer, context: string): Buffer {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE), { authTagLength: TAG }).setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(sealed.length - TAG))
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, sealed.length - TAG)), decipher.final()])
  } catch {
    throw new SealBroken('the sealed value was changed, or belongs to another tenant or row')
  }
}

/** HMAC-SHA256 of `text`, base64url; for signed URLs and cursors. */
export function hmac(secret: string, text: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

/** Equal without telling by its time how much was equal. */
export function equalInConstantTime(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
