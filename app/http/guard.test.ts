import { describe, expect, test } from 'vitest'
import { CLIENT_ADDRESS_HEADER, guardRequest, REQUEST_ID_HEADER, requestIdOf } from './guard.ts'

const at = { publicUrl: 'https://inbox.example.com' as string | undefined, trustedProxies: 0, remoteAddress: '203.0.113.7' }
const request = (method: string, headers: Record<string, string>, path = '/conversations/1/messages') =>
  new Request(`http://10.0.0.1:3000${path}`, { method, headers })
const statusOf = (method: string, headers: Record<string, string>, options: Partial<typeof at> = {}, path?: string) =>
  guardRequest(request(method, headers, path), { ...at, ...options }).refusal?.status ?? 'passes'

describe('a request that would change something', () => {
  const cookie = 'weft.session_token=x'
  test.each<[string, string, Record<string, string>, Partial<typeof at>, string | number]>([
    ['from our own page passes', 'POST', { origin: 'https://inbox.example.com', cookie }, {}, 'passes'],
    ['from another site is refused', 'POST', { origin: 'https://evil.example', cookie }, {}, 403],
    ['from a look-alike is refused', 'POST', { origin: 'https://inbox.example.com.evil.example', cookie }, {}, 403],
    ['from another port is refused', 'POST', { origin: 'https://inbox.example.com:8443', cookie }, {}, 403],
    ['from a page that hides where it is, is refused', 'POST', { origin: 'null', cookie }, {}, 403],
    ['with a cookie and no origin is refused', 'POST', { cookie }, {}, 403],
    ['without either comes from no browser and passes', 'POST', {}, {}, 'passes'],
    ['by any other method is asked the same', 'DELETE', { origin: 'https://evil.example' }, {}, 403],
    [
      'without a public address may come from the host it was sent to',
      'POST',
      { origin: 'http://localhost:3000', host: 'localhost:3000', cookie },
      { publicUrl: undefined },
      'passes',
    ],
    [
      'without a public address may not come from elsewhere',
      'POST',
      { origin: 'http://localhost:4000', host: 'localhost:3000', cookie },
      { publicUrl: undefined },
      403,
    ],
  ])('%s', (_name, method, headers, options, expected) => {
    expect(statusOf(method, headers, options)).toBe(expected)
  })

  test('and only reads, is asked nothing', () => {
    expect(statusOf('GET', { origin: 'https://evil.example', cookie })).toBe('passes')
  })

  test('by a provider or with an API key proves itself otherwise', () => {
    expect(statusOf('POST', { origin: 'https://evil.example' }, {}, '/webhooks/whatsapp')).toBe('passes')
    expect(statusOf('POST', { origin: 'https://evil.example' }, {}, '/api/v1/messages')).toBe('passes')
    expect(statusOf('POST', { origin: 'https://evil.example', cookie }, {}, '/api/auth/sign-out')).toBe(403)
  })
})

describe('the client’s address', () => {
  test.each<[string, Record<string, string>, number, string]>([
    ['is the socket’s', {}, 0, '203.0.113.7'],
    ['is not what a stranger says', { 'x-forwarded-for': '1.2.3.4' }, 0, '203.0.113.7'],
    ['nor what they say under our own name for it', { [CLIENT_ADDRESS_HEADER]: '1.2.3.4' }, 0, '203.0.113.7'],
    ['is what our proxy saw', { 'x-forwarded-for': '1.2.3.4, 198.51.100.9' }, 1, '198.51.100.9'],
    ['is what the outermost of two proxies saw', { 'x-forwarded-for': '1.2.3.4, 198.51.100.9, 10.0.0.2' }, 2, '198.51.100.9'],
    ['is the only one named', { 'x-forwarded-for': '198.51.100.9' }, 2, '198.51.100.9'],
  ])('%s', (_name, headers, trustedProxies, expected) => {
    const guarded = guardRequest(request('GET', headers), { ...at, trustedProxies })
    expect(guarded.request.headers.get(CLIENT_ADDRESS_HEADER)).toBe(expected)
  })
})

describe('the request’s id', () => {
  const idFor = (given: string, trustedProxies: number) =>
    guardRequest(request('GET', { [REQUEST_ID_HEADER]: given }), { ...at, trustedProxies })
  test('is made here, and is the same for logs and pages', () => {
    const { request: guarded, requestId } = idFor('stranger-made', 0)
    expect(requestId).toMatch(/^[0-9a-f]{32}$/)
    expect(requestIdOf(guarded)).toBe(requestId)
  })
  test('is a trusted proxy’s when it is a decent one', () => {
    expect(idFor('edge-1234', 1).requestId).toBe('edge-1234')
    expect(idFor('a b;c', 1).requestId).toMatch(/^[0-9a-f]{32}$/)
  })
})
