import { createHmac } from 'node:crypto'

const MARK = '\u0001'
const MARKED = /"\\u0001(\d+)\\u0001"/g

/** A number too large for JavaScript, written into the JSON digit by digit. */
export function rawNumber(digits: string): string {
  return `${MARK}${digits}${MARK}`
}

/**
 * JSON as Meta writes it: every character outside ASCII as `\uXXXX` in lower-case hex, so the signed bytes are ASCII and a
 * receiver who parses and writes the body again gets other bytes.
 */
export function escapedJson(value: unknown): string {
  const json = JSON.stringify(value).replace(MARKED, '$1')
  return json.replace(/[\u007f-\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** The value of `X-Hub-Signature-256` for a body. */
export function signatureOf(body: string | Uint8Array, appSecret: string): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`
}
