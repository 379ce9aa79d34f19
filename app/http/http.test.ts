import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { idOf, newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok } from '#platform/result.ts'
import { cookieOf, safeNext, setCookie } from './cookies.ts'
import { parseForm, parseJson, parseParams, parseQuery } from './parse.ts'
import { respond, unwrap } from './respond.ts'

const Schema = z.object({ text: z.string().min(1), times: z.coerce.number().int().optional() })
const post = (body: BodyInit, headers: Record<string, string> = {}) => new Request('http://localhost/x', { method: 'POST', body, headers })
/** What was thrown, as a browser gets it. */
const refusalOf = async (work: () => unknown) => {
  try {
    await work()
  } catch (thrown) {
    if (thrown instanceof Response) return { status: thrown.status, ...((await thrown.json()) as object) }
    throw thrown
  }
  return expect.unreachable('nothing was refused')
}

describe('what comes in', () => {
  test('a form', async () => {
    expect(await parseForm(post(new URLSearchParams({ text: 'Hi', times: '2' })), Schema)).toEqual({ text: 'Hi', times: 2 })
  })

  test('JSON', async () => {
    expect(await parseJson(post('{"text":"Hi"}'), Schema)).toEqual({ text: 'Hi' })
  })

  test('a query', () => {
    expect(parseQuery(new Request('http://localhost/x?text=Hi&times=3'), Schema)).toEqual({ text: 'Hi', times: 3 })
  })

  test.each<[string, () => unknown, object]>([
    [
      'a form that lacks something',
      () => parseForm(post(new URLSearchParams({ times: '2' })), Schema),
      { status: 422, code: 'invalid_input' },
    ],
    [
      'a body that is no form',
      () => parseForm(post('text', { 'content-type': 'text/plain' }), Schema),
      { status: 422, code: 'invalid_input' },
    ],
    ['a body that is no JSON', () => parseJson(post('{'), Schema), { status: 422, code: 'invalid_input' }],
    [
      'JSON of another shape',
      () => parseJson(post('{"text":7}'), Schema),
      { status: 422, code: 'invalid_input', detail: [{ path: 'text' }] },
    ],
    [
      'a body beyond the limit',
      () => parseJson(post(`"${'x'.repeat(LIMITS.requestJsonBytes)}"`), Schema),
      { status: 413, code: 'too_large' },
    ],
    [
      'a body that says so itself',
      () => parseJson(post('{}', { 'content-length': '999999999' }), Schema),
      { status: 413, code: 'too_large' },
    ],
    [
      'a query of another shape',
      () => parseQuery(new Request('http://localhost/x?times=x'), Schema),
      { status: 422, code: 'invalid_input' },
    ],
    ['an id of another noun', () => parseParams({ id: newId('contact') }, { id: idOf('message') }), { status: 404, code: 'not_found' }],
    ['an id in SQL', () => parseParams({ id: "' or 1=1" }, { id: idOf('message') }), { status: 404, code: 'not_found' }],
  ])('%s is refused', async (_name, work, expected) => {
    expect(await refusalOf(work)).toMatchObject(expected)
  })
})

describe('what goes out', () => {
  test('a value', async () => {
    const response = respond(ok({ messageId: 'm' }))
    expect([response.status, await response.json()]).toEqual([200, { ok: true, value: { messageId: 'm' } }])
    expect(response.headers.get('cache-control')).toBe('private, no-store')
  })

  test('a failure with the status of its code, its detail, and whether to try again', async () => {
    const response = respond(fail('missed_messages', [{ body: 'Hello?' }]))
    expect([response.status, await response.json()]).toEqual([
      409,
      { ok: false, code: 'missed_messages', detail: [{ body: 'Hello?' }], mayRetry: false },
    ])
    expect(await respond(fail('database_unavailable')).json()).toMatchObject({ mayRetry: true })
  })

  test('a loader’s value, or an end', async () => {
    expect(unwrap(ok(7))).toBe(7)
    expect(await refusalOf(() => unwrap(fail('not_found')))).toMatchObject({ status: 404, code: 'not_found' })
  })
})

describe('cookies', () => {
  test('are found by their whole name', () => {
    const request = new Request('http://localhost', { headers: { cookie: 'xweft_tenant=no; weft_tenant=ten_1; weft_tenant2=no' } })
    expect(cookieOf(request, 'weft_tenant')).toBe('ten_1')
    expect(cookieOf(request, 'tenant')).toBeNull()
  })

  test('are for us alone', () => {
    expect(setCookie('weft_tenant', 'ten_1', { secure: true, maxAgeSeconds: 60 })).toBe(
      'weft_tenant=ten_1; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure',
    )
  })

  test.each([
    ['/conversations?view=mine', '/conversations?view=mine'],
    ['https://evil.example', '/'],
    ['//evil.example', '/'],
    ['/\\evil.example', '/'],
    ['javascript:alert(1)', '/'],
    [null, '/'],
  ])('after signing in, %s leads to %s', (next, expected) => {
    expect(safeNext(next)).toBe(expected)
  })
})
