import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp } from '#platform/http/client.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Http, HttpAnswer, HttpRequest } from '../connector.ts'
import { createWhatsapp } from './index.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

interface Answer {
  status?: number
  body: string | Uint8Array | object
  headers?: Record<string, string>
}

/** A Graph API that answers `METHOD /path` as told (a list: one after the other), and remembers what it was asked. */
async function graph(routes: (address: string) => Record<string, Answer | Answer[]>) {
  const seen: { line: string; headers: IncomingMessage['headers']; body: Buffer }[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const line = `${request.method} ${request.url}`
    seen.push({ line, headers: request.headers, body: Buffer.concat(chunks) })
    const route = table[line] ?? table[line.replace(/\?.*$/, '')]
    const { status = 200, body, headers } = (Array.isArray(route) ? route.shift() : route) ?? { status: 404, body: 'no such route' }
    response.writeHead(status, headers).end(typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const table = routes(address)
  const http = createHttp({ timeoutMs: 2_000 })
  closers.push(() => {
    http.close()
    server.closeAllConnections()
    server.close()
  })
  return { seen, http, whatsapp: createWhatsapp({ graphUrl: `${address}/v25.0` }) }
}

/** What an `Http` made up by a test answers. */
const answered = (body: string | Uint8Array): HttpAnswer => ({ kind: 'answer', status: 200, headers: {}, body: Buffer.from(body) })

const TOKEN = { accessToken: 'token' }
const PNID = '901020304050607'
const FILE = Buffer.from('a picture, more or less')
const SHA256 = createHash('sha256').update(FILE).digest()

describe('fetching a file', () => {
  const media = { providerMediaId: '7001', from: PNID }
  const described = (address: string, more: object = {}) => ({
    body: {
      url: `${address}/files/7001`,
      mime_type: 'image/JPEG',
      sha256: SHA256.toString('hex'),
      file_size: FILE.length,
      id: '7001',
      ...more,
    },
  })

  test('asks for its address, then for its bytes, both with the token', async () => {
    const { whatsapp, http, seen } = await graph((address) => ({
      'GET /v25.0/7001': described(address),
      'GET /files/7001': { body: FILE },
    }))
    expect(await whatsapp.extras.fetchMedia?.(media, TOKEN, http)).toEqual({ kind: 'done', value: { bytes: FILE, mimeType: 'image/jpeg' } })
    expect(seen.map((request) => [request.line, request.headers.authorization])).toEqual([
      [`GET /v25.0/7001?phone_number_id=${PNID}`, 'Bearer token'],
      ['GET /files/7001', 'Bearer token'],
    ])
  })

  test('asks once more when the address has gone, and no more than once', async () => {
    const gone = { status: 404, body: '' }
    const once = await graph((address) => ({ 'GET /v25.0/7001': described(address), 'GET /files/7001': [gone, { body: FILE }] }))
    expect(await once.whatsapp.extras.fetchMedia?.(media, TOKEN, once.http)).toMatchObject({ kind: 'done' })
    const twice = await graph((address) => ({ 'GET /v25.0/7001': described(address), 'GET /files/7001': gone }))
    expect(await twice.whatsapp.extras.fetchMedia?.(media, TOKEN, twice.http)).toMatchObject({
      kind: 'refused',
      error: { code: 'media_missing' },
    })
    expect(twice.seen).toHaveLength(4)
  })

  test.each([
    ['hex', { sha256: createHash('sha256').update('other').digest('hex') }],
    ['base64', { sha256: createHash('sha256').update('other').digest('base64') }],
  ])('refuses bytes that are not what was sent, by a hash in %s', async (_name, hash) => {
    const { whatsapp, http } = await graph((address) => ({
      'GET /v25.0/7001': described(address, hash),
      'GET /files/7001': { body: FILE },
    }))
    expect(await whatsapp.extras.fetchMedia?.(media, TOKEN, http)).toMatchObject({ kind: 'refused', error: { code: 'media_corrupted' } })
  })

  test('checks the hash the message told, and does without one', async () => {
    const { whatsapp, http } = await graph((address) => ({
      'GET /v25.0/7001': described(address, { sha256: undefined }),
      'GET /files/7001': { body: FILE },
    }))
    const fetch = (sha256?: string) => whatsapp.extras.fetchMedia?.({ ...media, sha256 }, TOKEN, http)
    expect(await fetch()).toMatchObject({ kind: 'done' })
    expect(await fetch(SHA256.toString('hex'))).toMatchObject({ kind: 'done' })
    expect(await fetch('0'.repeat(64))).toMatchObject({ kind: 'refused', error: { code: 'media_corrupted' } })
  })

  test('does not fetch what is too large, whether told before or found out', async () => {
    const told = await graph((address) => ({ 'GET /v25.0/7001': described(address, { file_size: LIMITS.attachmentBytes + 1 }) }))
    expect(await told.whatsapp.extras.fetchMedia?.(media, TOKEN, told.http)).toMatchObject({
      kind: 'refused',
      error: { code: 'media_too_large', class: 'media' },
    })
    expect(told.seen).toHaveLength(1)
    const found = await graph((address) => ({
      'GET /v25.0/7001': described(address),
      'GET /files/7001': { body: new Uint8Array(LIMITS.attachmentBytes + 1) },
    }))
    expect(await found.whatsapp.extras.fetchMedia?.(media, TOKEN, found.http)).toMatchObject({ kind: 'ambiguous' })
  })

  test('passes on why Meta refuses', async () => {
    const expired = { status: 401, body: { error: { message: 'Expired', code: 190 } } }
    const { whatsapp, http } = await graph(() => ({ 'GET /v25.0/7001': expired }))
    expect(await whatsapp.extras.fetchMedia?.(media, TOKEN, http)).toMatchObject({ kind: 'refused', error: { code: '190', class: 'auth' } })
    const late = await graph((address) => ({ 'GET /v25.0/7001': described(address), 'GET /files/7001': { status: 502, body: '' } }))
    expect(await late.whatsapp.extras.fetchMedia?.(media, TOKEN, late.http)).toMatchObject({ kind: 'ambiguous' })
  })

  describe('shows the token to Meta’s hosts alone', () => {
    /** Answers the description with an address and counts who is asked for the file. */
    const asked = async (url: unknown, mediaHosts?: string[]) => {
      const hosts: string[] = []
      const http: Http = async (request: HttpRequest) => {
        const { host, pathname } = new URL(request.url)
        if (pathname === '/v25.0/7001') return answered(JSON.stringify({ url }))
        hosts.push(host)
        return answered(FILE)
      }
      const outcome = await createWhatsapp({ graphUrl: 'https://graph.facebook.com/v25.0', mediaHosts }).extras.fetchMedia?.(
        media,
        TOKEN,
        http,
      )
      return { kind: outcome?.kind, hosts }
    }

    test.each([
      'https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1',
      'https://scontent.xx.fbcdn.net/v/1',
      'https://mmg.whatsapp.net/d/1',
      'https://graph.facebook.com/files/1',
    ])('%s', async (url) => {
      expect(await asked(url)).toEqual({ kind: 'done', hosts: [new URL(url).host] })
    })

    test.each([
      'http://lookaside.fbsbx.com/1',
      'https://lookaside.fbsbx.com:8443/1',
      'https://user:pass@lookaside.fbsbx.com/1',
      'https://fbcdn.net.example.com/1',
      'https://evilfbcdn.net/1',
      'http://graph.facebook.com/1',
      'http://169.254.169.254/latest/meta-data',
      'file:///etc/passwd',
      'not an address',
      undefined,
      7,
    ])('not %s', async (url) => {
      expect(await asked(url)).toEqual({ kind: 'refused', hosts: [] })
    })

    test('and to those an installation names', async () => {
      expect(await asked('https://media.example.com/1', ['media.example.com'])).toMatchObject({ kind: 'done' })
      expect(await asked('https://lookaside.fbsbx.com/1', ['media.example.com'])).toMatchObject({ kind: 'refused' })
    })
  })
})

test.each([
  ['..', '/v25.0/-'],
  ['../secret', '/v25.0/..%2Fsecret'],
  ['a?b#c', '/v25.0/a%3Fb%23c'],
])('an id like %s stays in its place', async (from, path) => {
  const asked: string[] = []
  const http: Http = async (request) => {
    asked.push(new URL(request.url).pathname)
    return answered('{}')
  }
  await createWhatsapp({ graphUrl: 'https://graph.example.com/v25.0/' }).extras.probe?.({ from }, TOKEN, http)
  expect(asked).toEqual([path])
})

describe('uploading a file', () => {
  const file = { bytes: FILE, mimeType: 'application/pdf', fileName: 'faktur März.pdf', from: PNID }

  test('sends a form with the file, its type and its name', async () => {
    const { whatsapp, http, seen } = await graph(() => ({ [`POST /v25.0/${PNID}/media`]: { body: { id: '7900' } } }))
    expect(await whatsapp.extras.uploadMedia?.(file, TOKEN, http)).toEqual({ kind: 'done', value: { providerMediaId: '7900' } })
    const [request] = seen
    const form = await new Response(new Uint8Array(request?.body ?? []), {
      headers: { 'content-type': String(request?.headers['content-type']) },
    }).formData()
    const sent = form.get('file') as File
    expect([form.get('messaging_product'), form.get('type'), sent.name, sent.type]).toEqual([
      'whatsapp',
      'application/pdf',
      'faktur März.pdf',
      'application/pdf',
    ])
    expect(Buffer.from(await sent.arrayBuffer()).equals(FILE)).toBe(true)
  })

  test('refuses what is too large without sending it', async () => {
    const { whatsapp, http, seen } = await graph(() => ({}))
    const large = { ...file, bytes: new Uint8Array(LIMITS.attachmentBytes + 1) }
    expect(await whatsapp.extras.uploadMedia?.(large, TOKEN, http)).toMatchObject({ kind: 'refused', error: { code: 'media_too_large' } })
    expect(seen).toHaveLength(0)
  })

  test('passes on why Meta refuses, and an answer without an id is none', async () => {
    const refused = await graph(() => ({
      [`POST /v25.0/${PNID}/media`]: { status: 400, body: { error: { code: 131053, message: 'bad' } } },
    }))
    expect(await refused.whatsapp.extras.uploadMedia?.(file, TOKEN, refused.http)).toMatchObject({
      kind: 'refused',
      error: { class: 'media' },
    })
    const empty = await graph(() => ({ [`POST /v25.0/${PNID}/media`]: { body: {} } }))
    expect(await empty.whatsapp.extras.uploadMedia?.(file, TOKEN, empty.http)).toMatchObject({ kind: 'ambiguous' })
  })
})

describe('read marks', () => {
  test.each([
    [false, { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.IN' }],
    [true, { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.IN', typing_indicator: { type: 'text' } }],
  ])('with typing %s', async (typing, body) => {
    const { whatsapp, http, seen } = await graph(() => ({ [`POST /v25.0/${PNID}/messages`]: { body: { success: true } } }))
    expect(await whatsapp.extras.markRead?.({ from: PNID, externalId: 'wamid.IN', typing }, TOKEN, http)).toEqual({
      kind: 'done',
      value: true,
    })
    expect(JSON.parse(String(seen[0]?.body))).toEqual(body)
  })

  test('an answer that does not say success is none', async () => {
    const { whatsapp, http } = await graph(() => ({ [`POST /v25.0/${PNID}/messages`]: { body: { success: false } } }))
    expect(await whatsapp.extras.markRead?.({ from: PNID, externalId: 'w', typing: false }, TOKEN, http)).toMatchObject({
      kind: 'ambiguous',
    })
  })
})

describe('listing templates', () => {
  const WABA = '102030405060708'
  const LIST = `GET /v25.0/${WABA}/message_templates`
  const entry = (name: string, more: object = {}) => ({
    id: `1${name.length}`,
    name,
    language: 'en_US',
    status: 'APPROVED',
    category: 'UTILITY',
    ...more,
  })
  const page = (data: object[], after?: string) => ({
    body: { data, paging: { cursors: { after }, ...(after && { next: 'https://elsewhere.example.com/' }) } },
  })

  test('follows the cursor, not the address, to the end', async () => {
    const { whatsapp, http, seen } = await graph(() => ({
      [LIST]: [page([entry('a')], 'c1'), page([entry('bb')], 'c2'), page([entry('ccc')])],
    }))
    const outcome = await whatsapp.extras.listTemplates?.({ businessId: WABA }, TOKEN, http)
    expect(outcome?.kind === 'done' && outcome.value.map((template) => template.name)).toEqual(['a', 'bb', 'ccc'])
    expect(seen.map((request) => new URL(request.line.slice(4), 'http://x').searchParams.get('after'))).toEqual([null, 'c1', 'c2'])
  })

  test('keeps the components as they are, and every digit of the id', async () => {
    const components = [{ type: 'BODY', text: 'Hi {{first_name}}' }]
    const body = JSON.stringify({
      data: [
        {
          ...entry('named'),
          id: '@',
          parameter_format: 'NAMED',
          components,
          quality_score: { score: 'GREEN', date: 1 },
          rejected_reason: 'NONE',
        },
        entry('plain', { rejected_reason: 'INVALID_FORMAT' }),
        { name: 'without an id' },
      ],
    }).replace('"@"', '12345678901234567890')
    const { whatsapp, http } = await graph(() => ({ [LIST]: { body } }))
    expect(await whatsapp.extras.listTemplates?.({ businessId: WABA }, TOKEN, http)).toEqual({
      kind: 'done',
      value: [
        {
          externalId: '12345678901234567890',
          name: 'named',
          language: 'en_US',
          category: 'UTILITY',
          status: 'APPROVED',
          quality: 'GREEN',
          parameterFormat: 'named',
          components,
        },
        {
          externalId: '15',
          name: 'plain',
          language: 'en_US',
          category: 'UTILITY',
          status: 'APPROVED',
          reason: 'INVALID_FORMAT',
          parameterFormat: 'positional',
          components: [],
        },
      ],
    })
  })

  test('gives the whole list or none: a failing page fails it, an endless one too', async () => {
    const failing = await graph(() => ({ [LIST]: [page([entry('a')], 'c1'), { status: 500, body: { error: { code: 2, message: 'x' } } }] }))
    expect(await failing.whatsapp.extras.listTemplates?.({ businessId: WABA }, TOKEN, failing.http)).toMatchObject({
      kind: 'refused',
      error: { class: 'transient' },
    })
    let calls = 0
    const endless: Http = async () => {
      calls += 1
      return answered(JSON.stringify(page([entry('a')], `c${calls}`).body))
    }
    const whatsapp = createWhatsapp({ graphUrl: 'https://graph.example.com/v25.0' })
    expect(await whatsapp.extras.listTemplates?.({ businessId: WABA }, TOKEN, endless)).toMatchObject({
      kind: 'refused',
      error: { code: 'too_many_templates' },
    })
    expect(calls).toBe(100)
  })

  test('does not turn round and round on one cursor', async () => {
    const { whatsapp, http, seen } = await graph(() => ({ [LIST]: page([entry('a')], 'same') }))
    expect(await whatsapp.extras.listTemplates?.({ businessId: WABA }, TOKEN, http)).toMatchObject({ kind: 'done' })
    expect(seen).toHaveLength(2)
  })
})

describe('probing a number', () => {
  test('tells what it is called and how well it is', async () => {
    const number = { display_phone_number: '+1 555-701-0200', verified_name: 'Kopi Kita', quality_rating: 'GREEN', id: PNID }
    const { whatsapp, http, seen } = await graph(() => ({ [`GET /v25.0/${PNID}`]: { body: number } }))
    expect(await whatsapp.extras.probe?.({ from: PNID }, TOKEN, http)).toEqual({
      kind: 'done',
      value: { displayAddress: '+1 555-701-0200', name: 'Kopi Kita', quality: 'GREEN' },
    })
    expect(seen[0]?.line).toBe(`GET /v25.0/${PNID}?fields=display_phone_number%2Cverified_name%2Cquality_rating`)
  })

  test('tells why it is not', async () => {
    const { whatsapp, http } = await graph(() => ({
      [`GET /v25.0/${PNID}`]: { status: 400, body: { error: { code: 190, message: 'Expired' } } },
    }))
    expect(await whatsapp.extras.probe?.({ from: PNID }, TOKEN, http)).toMatchObject({ kind: 'refused', error: { class: 'auth' } })
  })
})

test('credentials are a token and nothing else', () => {
  const { credentials } = createWhatsapp({ graphUrl: 'https://graph.example.com' })
  expect(credentials.parse({ accessToken: ' t ', appSecret: 'not here' })).toEqual({ accessToken: 't' })
  expect(credentials.safeParse({ accessToken: '' }).success).toBe(false)
})
