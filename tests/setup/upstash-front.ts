import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Redis } from 'ioredis'
import { z } from 'zod'

/**
 * A small stand-in for Upstash's REST API before a real Redis: one command (`POST /`), `/pipeline` and `/multi-exec`, bearer
 * token, replies in base64 when asked for. https://upstash.com/docs/redis/features/restapi
 */
export async function startUpstashFront(options: { redisPort: number; token: string }): Promise<{ url: string; close(): Promise<void> }> {
  // ioredis 6 speaks RESP3 by default, whose replies are shaped differently from what the REST API documents.
  const redis = new Redis({ port: options.redisPort, host: '127.0.0.1', protocol: 2 })
  const server = createServer((request, response) => {
    answer(redis, options.token, request).then(
      ([status, body]) => send(response, status, body),
      (error: Error) => send(response, 400, { error: error.message }),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port was given')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      redis.disconnect()
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const Command = z.tuple([z.string()], z.union([z.string(), z.number()]))
type Reply = { result: unknown } | { error: string }

async function answer(redis: Redis, token: string, request: IncomingMessage): Promise<[number, Reply | Reply[]]> {
  if (request.headers.authorization !== `Bearer ${token}`) return [401, { error: 'WRONGPASS invalid or missing auth token' }]
  const body: unknown = JSON.parse(await textOf(request))
  const encode = request.headers['upstash-encoding'] === 'base64' ? inBase64 : (value: unknown) => value
  if (request.url === '/') {
    const [name, ...values] = Command.parse(body)
    return [200, { result: encode(await redis.call(name, ...values.map(String))) }]
  }
  const batch = request.url === '/multi-exec' ? redis.multi() : request.url === '/pipeline' ? redis.pipeline() : undefined
  if (!batch) return [404, { error: `no such path: ${request.url}` }]
  for (const [name, ...values] of z.array(Command).parse(body)) batch.call(name, ...values.map(String))
  const replies = (await batch.exec()) ?? []
  return [200, replies.map(([error, value]) => (error ? { error: error.message } : { result: encode(value) }))]
}

/** Strings are encoded and `OK` is not, as Upstash does; numbers and nulls stay. */
function inBase64(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inBase64)
  return typeof value === 'string' && value !== 'OK' ? Buffer.from(value).toString('base64') : value
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function send(response: ServerResponse, status: number, body: Reply | Reply[]): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
