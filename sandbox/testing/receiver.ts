import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { monotonicMs, pause } from '#platform/clock.ts'
import { closeServer, portOf } from '#platform/health.ts'

/** One webhook as it came in. */
export interface ReceivedWebhook {
  raw: string
  headers: IncomingMessage['headers']
  signatureOk: boolean
  changes: { wabaId: string; time: unknown; field: string; value: Record<string, unknown> }[]
}

/** A business's webhook endpoint for tests: checks signatures, keeps what came, answers what it is told to. */
export interface Receiver {
  url: string
  webhooks: ReceivedWebhook[]
  /** Status for each request to come; default 200. */
  answer: (nth: number) => number
  /** Messages and statuses of all webhooks so far, flattened. */
  messages(): Record<string, unknown>[]
  statuses(): Record<string, unknown>[]
  /** Waits until the condition holds and says what was there when it never did. */
  until(condition: () => boolean, what: string): Promise<void>
  close(): Promise<void>
}

export async function startReceiver(appSecret: string, verifyToken: string): Promise<Receiver> {
  const webhooks: ReceivedWebhook[] = []
  let count = 0
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://receiver')
    if (request.method === 'GET') {
      const ours = url.searchParams.get('hub.verify_token') === verifyToken
      response.writeHead(ours ? 200 : 403).end(ours ? url.searchParams.get('hub.challenge') : '')
      return
    }
    const raw = Buffer.concat(await request.toArray()).toString('latin1')
    const expected = `sha256=${createHmac('sha256', appSecret).update(raw, 'latin1').digest('hex')}`
    const status = receiver.answer(count++)
    if (status === 200) {
      webhooks.push({
        raw,
        headers: request.headers,
        signatureOk: request.headers['x-hub-signature-256'] === expected,
        changes: changesIn(raw),
      })
    }
    response.writeHead(status).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const items = (name: 'messages' | 'statuses') =>
    webhooks.flatMap((webhook) => webhook.changes.flatMap(({ value }) => (value[name] ?? []) as Record<string, unknown>[]))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${portOf(server)}/webhooks/whatsapp`,
    webhooks,
    answer: () => 200,
    messages: () => items('messages'),
    statuses: () => items('statuses'),
    until: async (condition, what) => {
      const deadline = monotonicMs() + 10_000
      while (!condition()) {
        if (monotonicMs() > deadline) throw new Error(`never saw ${what}; received: ${webhooks.map((webhook) => webhook.raw).join('\n')}`)
        await pause(5)
      }
    },
    close: () => {
      server.closeAllConnections()
      return closeServer(server)
    },
  }
  return receiver
}

function changesIn(raw: string): ReceivedWebhook['changes'] {
  try {
    const body = JSON.parse(raw) as {
      entry: { id: string; time?: unknown; changes: { field: string; value: Record<string, unknown> }[] }[]
    }
    return body.entry.flatMap((entry) => entry.changes.map((change) => ({ wabaId: entry.id, time: entry.time, ...change })))
  } catch {
    return []
  }
}
