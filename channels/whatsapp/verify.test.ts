import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RawRequest } from '../connector.ts'
import { answerHandshake, verifySignature } from './verify.ts'

const SECRET = 'app secret'
const sign = (body: Uint8Array, secret = SECRET) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

function post(body: Uint8Array, signature?: string): RawRequest {
  const headers: Record<string, string> = signature === undefined ? {} : { 'x-hub-signature-256': signature }
  return { method: 'POST', path: '/webhooks/whatsapp', query: {}, headers, body }
}

describe('the signature', () => {
  test('of the exact bytes is accepted, escaped text included', () => {
    const body = Buffer.from(String.raw`{"text":"\u00e9\u0644 \ud83d\ude00"}`)
    expect(verifySignature(post(body, sign(body)), SECRET)).toBe(true)
  })

  test('of the same JSON written differently is refused', () => {
    const escaped = Buffer.from(String.raw`{"text":"\u00e9"}`)
    const written = Buffer.from('{"text":"é"}')
    expect(verifySignature(post(written, sign(escaped)), SECRET)).toBe(false)
  })

  test.each([
    ['no header', undefined],
    ['an empty header', ''],
    ['the wrong algorithm', 'sha1=da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['half a digest', 'sha256=abcd'],
    ['capitals', sign(Buffer.from('{}')).toUpperCase()],
    ['something behind', `${sign(Buffer.from('{}'))},x`],
  ])('%s is refused', (_name, signature) => {
    expect(verifySignature(post(Buffer.from('{}'), signature), SECRET)).toBe(false)
  })

  test('made with an empty secret is refused, although it matches', () => {
    const body = Buffer.from('{}')
    expect(verifySignature(post(body, sign(body, '')), '')).toBe(false)
  })

  test('holds for no other bytes, key or header', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), fc.string({ minLength: 1 }), fc.string(), (body, other, secret, header) => {
        const signature = sign(body, secret)
        expect(verifySignature(post(body, signature), secret)).toBe(true)
        expect(verifySignature(post(other, signature), secret)).toBe(Buffer.compare(body, other) === 0)
        expect(verifySignature(post(body, signature), `${secret}x`)).toBe(false)
        expect(verifySignature(post(body, header), secret)).toBe(false)
      }),
    )
  })
})

describe('the handshake', () => {
  const ask = (query: Record<string, string>, method = 'GET'): RawRequest => ({
    method,
    path: '/webhooks/whatsapp',
    query,
    headers: {},
    body: new Uint8Array(),
  })
  const good = { 'hub.mode': 'subscribe', 'hub.verify_token': 'ours', 'hub.challenge': '1158201444' }

  test('gives the challenge back', () => {
    expect(answerHandshake(ask(good), 'ours')).toBe('1158201444')
  })

  test.each([
    ['another token', ask({ ...good, 'hub.verify_token': 'theirs' }), 'ours'],
    ['no token', ask({ 'hub.mode': 'subscribe', 'hub.challenge': '1' }), 'ours'],
    ['another mode', ask({ ...good, 'hub.mode': 'unsubscribe' }), 'ours'],
    ['a POST', ask(good, 'POST'), 'ours'],
    ['an empty token of ours', ask({ ...good, 'hub.verify_token': '' }), ''],
  ])('refuses %s', (_name, request, token) => {
    expect(answerHandshake(request, token)).toBeNull()
  })
})
