import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createHttp } from '#platform/http/client.ts'
import type { Http, OutboundMessage, SendOutcome } from '../connector.ts'
import { createWhatsapp } from './index.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

/** A Graph API that answers as told, and the address it has. */
async function graph(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v25.0`
}

const MESSAGE: OutboundMessage = {
  echo: 'atm_1',
  from: '901020304050607',
  to: { phone: '6281234567890' },
  content: { kind: 'text', text: 'Hello' },
}

/** Sends one message to a Graph API that behaves as the listener says. */
async function sendTo(listener: RequestListener, message: OutboundMessage = MESSAGE, timeoutMs = 2_000): Promise<SendOutcome> {
  return sendAt(await graph(listener), message, timeoutMs)
}

async function sendAt(graphUrl: string, message: OutboundMessage = MESSAGE, timeoutMs = 2_000): Promise<SendOutcome> {
  const http = createHttp({ timeoutMs })
  closers.push(() => http.close())
  return createWhatsapp({ graphUrl }).send(message, { accessToken: 'token' }, http)
}

const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const accepted = { messaging_product: 'whatsapp', contacts: [{ input: '+62', wa_id: '6281234567890' }], messages: [{ id: 'wamid.NEW' }] }

describe('accepted', () => {
  test('names the message and who it went to', async () => {
    expect(await sendTo(answer(200, accepted))).toEqual({
      kind: 'accepted',
      externalId: 'wamid.NEW',
      held: false,
      recipient: { waId: '6281234567890' },
    })
  })

  test.each([
    ['accepted', false],
    ['held_for_quality_assessment', true],
    ['paused', true],
  ])('with the word %s', async (message_status, held) => {
    const body = { ...accepted, messages: [{ id: 'wamid.NEW', message_status }] }
    expect(await sendTo(answer(200, body))).toMatchObject({ kind: 'accepted', held })
  })

  test('tells the BSUID of a person addressed by it', async () => {
    const body = { ...accepted, contacts: [{ input: 'US.1', user_id: 'US.1', wa_id: '' }] }
    expect(await sendTo(answer(200, body), { ...MESSAGE, to: { bsuid: 'US.1' } })).toMatchObject({ recipient: { bsuid: 'US.1' } })
  })

  test('goes to the number’s own address, with the token', async () => {
    const seen: string[] = []
    await sendTo((request, response) => {
      seen.push(`${request.method} ${request.url}`, request.headers.authorization ?? '', request.headers['content-type'] ?? '')
      response.end(JSON.stringify(accepted))
    })
    expect(seen).toEqual(['POST /v25.0/901020304050607/messages', 'Bearer token', 'application/json'])
  })
})

describe('refused, surely not sent', () => {
  const error = (code: number) => ({ error: { message: `(#${code}) no`, code, error_data: { details: 'why' }, fbtrace_id: 'A' } })

  test.each([
    [400, 131047, 'window'],
    [403, 131056, 'pair_rate'],
    [400, 130429, 'rate'],
    [401, 190, 'auth'],
    [404, 132001, 'template'],
    [500, 131000, 'transient'],
    [503, 2, 'transient'],
    [200, 131026, 'recipient'],
    [500, 987654, 'unknown'],
  ])('HTTP %i with code %i is %s', async (status, code, errorClass) => {
    expect(await sendTo(answer(status, error(code)))).toMatchObject({
      kind: 'refused',
      error: { code: String(code), class: errorClass, title: 'no', details: 'why' },
    })
  })

  test('with how long to wait, when told in seconds', async () => {
    expect(await sendTo(answer(429, error(80007), { 'retry-after': '3' }))).toMatchObject({ kind: 'refused', retryAfterMs: 3_000 })
    expect(await sendTo(answer(429, error(80007), { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }))).not.toHaveProperty(
      'retryAfterMs',
      0,
    )
  })

  test('by a bare 429, whose sender let nothing pass', async () => {
    expect(await sendTo(answer(429, 'slow down', { 'retry-after': '1' }))).toMatchObject({
      kind: 'refused',
      error: { code: 'too_many_requests', class: 'rate' },
      retryAfterMs: 1_000,
    })
  })

  test('when no connection comes about', async () => {
    const address = await graph(answer(200, accepted))
    for (const close of closers.splice(0)) close()
    expect(await sendAt(address)).toMatchObject({ kind: 'refused', error: { code: 'not_connected', class: 'transient' } })
  })

  test('when it breaks a documented limit, before anything leaves', async () => {
    let calls = 0
    const http: Http = async () => {
      calls += 1
      return { kind: 'broken', wrote: true, reason: 'must not be called' }
    }
    const message: OutboundMessage = { ...MESSAGE, content: { kind: 'text', text: '' } }
    expect(await createWhatsapp({ graphUrl: 'https://graph.example.com/v25.0' }).send(message, { accessToken: 't' }, http)).toEqual({
      kind: 'refused',
      error: { code: 'invalid_message', class: 'invalid', title: 'the text is empty' },
    })
    expect(calls).toBe(0)
  })
})

describe('ambiguous, perhaps sent', () => {
  test.each([
    ['a bare 500', 500, 'Bad Gateway'],
    ['a page', 502, '<html>'],
    ['an error without a code', 500, { error: { message: 'oops' } }],
    ['a 404 that is not Meta’s', 404, 'not found'],
    ['a redirect', 302, ''],
    ['a 200 that can’t be read', 200, '{"messages":[{"id":'],
    ['a 200 that is no object', 200, '[]'],
    ['a 200 that names no message', 200, { messaging_product: 'whatsapp', messages: [{}] }],
    ['an empty 200', 200, ''],
    ['a 500 that looks like success', 500, accepted],
  ])('%s', async (_name, status, body) => {
    expect(await sendTo(answer(status, body))).toMatchObject({ kind: 'ambiguous' })
  })

  test('no answer in time', async () => {
    expect(await sendTo(() => undefined, MESSAGE, 200)).toMatchObject({ kind: 'ambiguous' })
  })

  test('a connection reset after the request was read', async () => {
    expect(await sendTo((request) => request.resume().on('end', () => request.socket.destroy()))).toMatchObject({ kind: 'ambiguous' })
  })

  test('an answer that breaks off midway', async () => {
    const outcome = await sendTo((_request, response) => {
      response.writeHead(200, { 'content-length': '1000' }).write('{"messages":')
      setImmediate(() => response.destroy())
    })
    expect(outcome).toMatchObject({ kind: 'ambiguous' })
  })
})
