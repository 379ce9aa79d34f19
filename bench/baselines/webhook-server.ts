import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { Kafka, logLevel, Partitioners } from 'kafkajs'
import pg from 'pg'

/**
 * The bare baseline of accepting webhooks: node:http, the signature, JSON.parse, and every 3 ms one write of the bodies that came,
 * answered when it is durable. It writes to the table (or topic) the product writes to, over as many connections, and does
 * nothing else: no events, no addresses, no limits, no order, no deadline.
 */
interface Options {
  port: number
  appSecret: string
  postgres?: { url: string; connections: number }
  kafka?: { brokers: string[]; topic: string }
}

interface Waiting {
  key: string
  body: Buffer
  resolve(): void
  reject(error: unknown): void
}

const COLLECT_MS = 3
const options = JSON.parse(process.argv[2] ?? '{}') as Options
const write = options.kafka ? await openKafka(options.kafka) : await openPostgres(options.postgres)
let waiting: Waiting[] = []

function flush(): void {
  const batch = waiting
  waiting = []
  write(batch).then(
    () => {
      for (const { resolve } of batch) resolve()
    },
    (error) => {
      for (const { reject } of batch) reject(error)
    },
  )
}

function keep(key: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ key, body, resolve, reject })
    if (waiting.length === 1) setTimeout(flush, COLLECT_MS)
  })
}

async function openPostgres(given: Options['postgres']): Promise<(batch: readonly Waiting[]) => Promise<unknown>> {
  const pool = new pg.Pool({ connectionString: given?.url, max: given?.connections })
  const { rows } = await pool.query<{ next: number }>(
    'select coalesce(max(position), 0)::int + 1 as next from bus.records where log_id = 0',
  )
  let position = rows[0]?.next ?? 1
  return (batch) =>
    pool.query({
      name: 'keep',
      text: 'insert into bus.records (log_id, position, key, value) select 0, p, k, v from unnest($1::bigint[], $2::text[], $3::text[]) as u(p, k, v)',
      values: [batch.map(() => position++), batch.map(({ key }) => key), batch.map(({ body }) => body.toString())],
    })
}

async function openKafka(given: NonNullable<Options['kafka']>): Promise<(batch: readonly Waiting[]) => Promise<unknown>> {
  const kafka = new Kafka({ clientId: 'baseline', brokers: given.brokers, logLevel: logLevel.NOTHING })
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  return (batch) =>
    producer.sendBatch({
      acks: -1,
      topicMessages: [{ topic: given.topic, messages: batch.map(({ key, body }) => ({ key, value: body })) }],
    })
}

function isSigned(body: Buffer, header: string | undefined): boolean {
  const expected = createHmac('sha256', options.appSecret).update(body).digest()
  const given = Buffer.from((header ?? '').slice('sha256='.length), 'hex')
  return given.length === expected.length && timingSafeEqual(given, expected)
}

interface Body {
  entry: [{ changes: [{ value: { messages?: [{ id: string }]; statuses?: [{ id: string }] } }] }]
}

createServer((request, response) => {
  if (request.method === 'GET') return response.writeHead(200).end('ready')
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', async () => {
    const body = Buffer.concat(pieces)
    if (!isSigned(body, request.headers['x-hub-signature-256'] as string | undefined)) return response.writeHead(401).end()
    try {
      const { value } = (JSON.parse(body.toString()) as Body).entry[0].changes[0]
      await keep((value.messages ?? value.statuses)?.[0].id ?? '', body)
      response.writeHead(200, { 'content-length': 2 }).end('ok')
    } catch {
      response.writeHead(503).end()
    }
  })
}).listen(options.port, '127.0.0.1')
process.on('SIGTERM', () => process.exit(0))
process.on('disconnect', () => process.exit(0))
