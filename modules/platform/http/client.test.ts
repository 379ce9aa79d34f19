import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createHttp, type HttpClient, type HttpOptions } from './client.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

function client(options: HttpOptions = {}): HttpClient {
  const http = createHttp({ timeoutMs: 2_000, ...options })
  closers.push(() => http.close())
  return http
}

/** A server that speaks whatever it likes, for what a well-behaved one would never do. */
async function tcp(onConnection: (socket: Socket) => void, protocol = 'http'): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return `${protocol}://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

async function web(listener: RequestListener): Promise<string> {
  const server = createHttpServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

test('a whole answer comes with status, headers and bytes', async () => {
  const url = await web(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    response.writeHead(418, { 'X-Kind': 'tea' }).end(`${request.method} ${request.headers['content-length']} ${body}`)
  })
  const answer = await client()({ method: 'POST', url, body: 'é', headers: { 'content-type': 'text/plain' } })
  expect(answer).toMatchObject({ kind: 'answer', status: 418, headers: { 'x-kind': 'tea' } })
  expect(answer.kind === 'answer' && text(answer.body)).toBe('POST 2 é')
})

test('a form goes out as multipart with its files', async () => {
  const url = await web(async (request, response) => {
    const form = await new Response(request as unknown as ReadableStream, {
      headers: { 'content-type': request.headers['content-type'] ?? '' },
    }).formData()
    const file = form.get('file') as File
    response.end(JSON.stringify([form.get('type'), file.name, file.type, await file.text()]))
  })
  const form = new FormData()
  form.set('type', 'image/png')
  form.set('file', new Blob(['bytes'], { type: 'image/png' }), 'photo.png')
  const answer = await client()({ method: 'POST', url, body: form })
  expect(answer.kind === 'answer' && text(answer.body)).toBe('["image/png","photo.png","image/png","bytes"]')
})

test('a redirect is an answer and is not followed', async () => {
  let calls = 0
  const url = await web((_request, response) => {
    calls++
    response.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect(await client()({ method: 'GET', url })).toMatchObject({ kind: 'answer', status: 302, headers: { location: '/elsewhere' } })
  expect(calls).toBe(1)
})

test('nothing left when the port is closed', async () => {
  const url = await web(() => undefined)
  closers.pop()?.()
  const answer = await client()({ method: 'POST', url, body: 'x' })
  expect(answer).toMatchObject({ kind: 'broken', wrote: false, reason: expect.stringContaining('ECONNREFUSED') })
})

test('nothing left when the name does not resolve', async () => {
  expect(await client()({ method: 'POST', url: 'http://nobody.invalid/', body: 'x' })).toMatchObject({ kind: 'broken', wrote: false })
})

test('nothing left when TLS fails, and when it never finishes', async () => {
  const garbage = await tcp((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'), 'https')
  expect(await client()({ method: 'POST', url: garbage, body: 'x' })).toMatchObject({ kind: 'broken', wrote: false })
  const silent = await tcp(() => undefined, 'https')
  expect(await client({ connectTimeoutMs: 100 })({ method: 'POST', url: silent, body: 'x' })).toMatchObject({
    kind: 'broken',
    wrote: false,
    reason: 'no connection within 100 ms',
  })
})

test('a silent server after the request means: written, nobody knows', async () => {
  const url = await tcp(() => undefined)
  expect(await client({ connectTimeoutMs: 50 })({ method: 'POST', url, body: 'x', timeoutMs: 200 })).toEqual({
    kind: 'broken',
    wrote: true,
    reason: 'no whole answer within 200 ms',
  })
})

test('a reset before the answer means: written, nobody knows', async () => {
  const url = await tcp((socket) => socket.on('data', () => socket.resetAndDestroy()))
  expect(await client()({ method: 'POST', url, body: 'x' })).toMatchObject({ kind: 'broken', wrote: true })
})

test('half an answer is no answer', async () => {
  const half = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'
  const cut = await tcp((socket) => socket.on('data', () => socket.end(half)))
  expect(await client()({ method: 'POST', url: cut, body: 'x' })).toMatchObject({ kind: 'broken', wrote: true })
  const reset = await tcp((socket) => socket.on('data', () => socket.write(half, () => socket.resetAndDestroy())))
  expect(await client()({ method: 'POST', url: reset, body: 'x' })).toMatchObject({ kind: 'broken', wrote: true })
  const hung = await tcp((socket) => socket.on('data', () => socket.write(half)))
  expect(await client()({ method: 'POST', url: hung, body: 'x', timeoutMs: 200 })).toMatchObject({ kind: 'broken', wrote: true })
})

test('a connection is reused, and one that dies on reuse counts as written', async () => {
  let connections = 0
  const url = await tcp((socket) => {
    connections++
    let requests = 0
    socket.on('data', () => (++requests === 1 ? socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok') : socket.resetAndDestroy()))
  })
  const http = client()
  expect(await http({ method: 'POST', url, body: 'first' })).toMatchObject({ kind: 'answer', status: 200 })
  expect(await http({ method: 'POST', url, body: 'second' })).toMatchObject({ kind: 'broken', wrote: true })
  expect(connections).toBe(1)
})

test('a request that never got a connection of its own was not written', async () => {
  const url = await tcp(() => undefined)
  const http = client({ maxSockets: 1 })
  const first = http({ method: 'POST', url, body: 'x', timeoutMs: 400 })
  expect(await http({ method: 'POST', url, body: 'y', timeoutMs: 100 })).toMatchObject({ kind: 'broken', wrote: false })
  expect(await first).toMatchObject({ kind: 'broken', wrote: true })
})

test('an answer above the ceiling is cut off', async () => {
  const url = await web((_request, response) => response.end(Buffer.alloc(2_000)))
  expect(await client()({ method: 'GET', url, maxBytes: 1_000 })).toEqual({
    kind: 'broken',
    wrote: true,
    reason: 'answer larger than 1000 bytes',
  })
})

test('only allowed hosts and only web addresses are called', async () => {
  const http = client({ allowHosts: ['graph.example.com', '*.cdn.example.com'] })
  for (const url of ['http://127.0.0.1/', 'https://cdn.example.com.evil.test/', 'https://evilcdn.example.com/'])
    expect(await http({ method: 'GET', url })).toMatchObject({
      kind: 'broken',
      wrote: false,
      reason: expect.stringContaining('host not allowed'),
    })
  expect(await http({ method: 'GET', url: 'file:///etc/passwd' })).toMatchObject({ kind: 'broken', wrote: false })
})
