import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, request as openRequest, type RequestListener, type Server } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { portOf } from '#platform/health.ts'
import { createLog } from '#platform/log.ts'
import { createProxy } from './proxy.ts'

const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  open.push({
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  })
  return `http://127.0.0.1:${portOf(server)}`
}

async function front(to: string): Promise<string> {
  const proxy = createProxy({ to, log: createLog({ level: 'silent', process: 'test' }) })
  open.push(proxy)
  return serve((request, response) => void proxy.pass(request, response))
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return Buffer.concat(parts)
}

test('a body arrives byte for byte, with its headers and path', async () => {
  const body = Buffer.from(Array.from({ length: 700_000 }, (_, index) => (index * 31) % 256))
  const behind = await serve(async (request, response) => {
    const received = await bytesOf(request)
    response.setHeader('set-cookie', ['a=1', 'b=2'])
    response.end(JSON.stringify({ sum: createHash('sha256').update(received).digest('hex'), url: request.url, headers: request.headers }))
  })
  const answer = await fetch(`${await front(behind)}/webhooks/whatsapp?x=%20y`, {
    method: 'POST',
    body,
    headers: { 'x-hub-signature-256': 'sha256=abc' },
  })
  const told = (await answer.json()) as { sum: string; url: string; headers: Record<string, string> }
  expect(told.sum).toBe(createHash('sha256').update(body).digest('hex'))
  expect(told.url).toBe('/webhooks/whatsapp?x=%20y')
  expect(told.headers).toMatchObject({ 'x-hub-signature-256': 'sha256=abc', 'content-length': '700000', 'x-forwarded-for': '127.0.0.1' })
  expect(answer.headers.getSetCookie()).toEqual(['a=1', 'b=2'])
})

test('a compressed answer stays as it was made', async () => {
  const behind = await serve((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('not really gzip'))
  const address = new URL(`${await front(behind)}/sandbox/`)
  const answer = await new Promise<IncomingMessage>((resolve) => openRequest(address, resolve).end())
  expect([answer.headers['content-encoding'], (await bytesOf(answer)).toString()]).toEqual(['gzip', 'not really gzip'])
})

test('what streams is passed on while it streams, and ends behind when the reader leaves', async () => {
  let behindClosed: (() => void) | undefined
  const gone = new Promise<void>((resolve) => {
    behindClosed = resolve
  })
  const behind = await serve((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: first\n\n')
    response.once('close', () => behindClosed?.())
  })
  const leave = new AbortController()
  const answer = await fetch(`${await front(behind)}/sandbox/events`, { signal: leave.signal })
  const first = await answer.body?.getReader().read()
  expect(new TextDecoder().decode(first?.value)).toBe('data: first\n\n')
  leave.abort()
  await gone
})

test('when nobody is behind the sender is told to come back', async () => {
  const nobody = createServer().listen(0, '127.0.0.1')
  await once(nobody, 'listening')
  const address = `http://127.0.0.1:${portOf(nobody)}`
  nobody.close()
  await once(nobody, 'close')
  const answer = await fetch(`${await front(address)}/webhooks/whatsapp`, { method: 'POST', body: '{}' })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
})

test('an answer that breaks off is not passed on as a whole one', async () => {
  const behind = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('half')
    setImmediate(() => response.destroy())
  })
  await expect(fetch(`${await front(behind)}/sandbox/file`).then((answer) => answer.text())).rejects.toThrow()
})
