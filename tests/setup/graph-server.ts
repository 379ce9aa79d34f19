import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { monotonicMs, pause } from '#platform/clock.ts'

/** How the server treats one request, besides taking it. */
export type Treatment =
  | { kind: 'accept'; afterMs?: number }
  | { kind: 'error'; code: number; title?: string; status?: number; retryAfter?: number }
  /** A status without a word of the provider's. */
  | { kind: 'bare'; status: number }
  /** Takes the request and never answers. */
  | { kind: 'hang' }
  | { kind: 'reset' }

export interface SentMessage {
  from: string
  to: string
  echo: string
  text: string
  body: Record<string, unknown>
  /** Monotonic ms of arrival. */
  at: number
  externalId: string
}

/** A stand-in for the Graph API at the level of sockets: what it was sent, and every way to answer badly. */
export interface GraphServer {
  url: string
  /** Each message request that arrived whole, in order of arrival; what hidden answers hide is here too. */
  sent: SentMessage[]
  uploads: { from: string; bytes: number }[]
  marks: Record<string, unknown>[]
  /** Customers' files that may be fetched, by their ids. */
  files: Map<string, { bytes: Uint8Array; mimeType: string }>
  fetched: string[]
  /** How the next requests are treated; asked with the message and how many arrived before it. */
  treat: (message: SentMessage, before: number) => Treatment
  treatUpload: () => Treatment
  treatFetch: () => Treatment
  close(): Promise<void>
}

export async function startGraphServer(): Promise<GraphServer> {
  const accept = (): Treatment => ({ kind: 'accept' })
  const graph: GraphServer = {
    ...{ url: '', sent: [], uploads: [], marks: [], files: new Map(), fetched: [] },
    ...{ treat: accept, treatUpload: accept, treatFetch: accept, close: async () => undefined },
  }
  const server = createServer((request, response) => {
    answer(graph, request, response).catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  graph.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v25.0`
  graph.close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return graph
}

async function answer(graph: GraphServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = []
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  const [, , from = '', edge] = (request.url ?? '').split('?')[0]?.split('/') ?? []
  if (request.method === 'GET') return giveFile(graph, from, edge, response)
  if (edge === 'media') {
    graph.uploads.push({ from, bytes: bytes.byteLength })
    return give(response, graph.treatUpload(), { id: `media-${graph.uploads.length}` })
  }
  const body = JSON.parse(bytes.toString()) as Record<string, unknown>
  if (body.status === 'read') {
    graph.marks.push(body)
    return give(response, { kind: 'accept' }, { success: true })
  }
  const externalId = `wamid.${from}.${graph.sent.length + 1}`
  const to = String(body.to ?? body.recipient ?? '')
  const text = String((body.text as { body?: string } | undefined)?.body ?? '')
  const message = { from, to, text, body, externalId, echo: String(body.biz_opaque_callback_data ?? ''), at: monotonicMs() }
  const treatment = graph.treat(message, graph.sent.length)
  graph.sent.push(message)
  return give(response, treatment, {
    messaging_product: 'whatsapp',
    contacts: [{ input: to, wa_id: to.replace('+', '') }],
    messages: [{ id: externalId }],
  })
}

/** First the file's description with its address, then, at that address, its bytes. */
async function giveFile(graph: GraphServer, id: string, edge: string | undefined, response: ServerResponse): Promise<void> {
  const file = graph.files.get(id)
  if (!file) return give(response, { kind: 'error', code: 100, title: 'Object does not exist' }, null)
  if (edge === 'bytes') {
    graph.fetched.push(id)
    return void response.writeHead(200, { 'content-type': file.mimeType }).end(file.bytes)
  }
  const description = { id, url: `${graph.url}/${id}/bytes`, mime_type: file.mimeType, file_size: file.bytes.byteLength }
  return give(response, graph.treatFetch(), description)
}

async function give(response: ServerResponse, treatment: Treatment, accepted: unknown): Promise<void> {
  const json = (status: number, body: unknown, headers: Record<string, string> = {}) =>
    void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  switch (treatment.kind) {
    case 'accept':
      if (treatment.afterMs) await pause(treatment.afterMs)
      return json(200, accepted)
    case 'error': {
      const { code, title = `Error ${code}`, status = 400, retryAfter } = treatment
      const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
      return json(status, { error: { message: `(#${code}) ${title}`, type: 'OAuthException', code } }, headers)
    }
    case 'bare':
      return void response.writeHead(treatment.status).end()
    case 'reset':
      return void response.socket?.resetAndDestroy()
    case 'hang':
      return
  }
}
