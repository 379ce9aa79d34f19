import type { Server } from 'node:http'
import { join } from 'node:path'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import { type Clock, systemClock } from '#platform/clock.ts'
import { answerHealth, closeServer, createHealth, portOf } from '#platform/health.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics, type Metrics } from '#platform/metrics.ts'
import { controlRoutes, journalRoute } from './control/routes.ts'
import { downloadMedia } from './graph/media.ts'
import { graphRoutes } from './graph/routes.ts'
import { Journal } from './journal.ts'
import { Live } from './live.ts'
import { SandboxOptions } from './options.ts'
import { phoneRoutes } from './phone/routes.ts'
import { Behaviours } from './whatsapp/behaviours.ts'
import { saveCustomer } from './whatsapp/customers.ts'
import { Ledger } from './whatsapp/ledger.ts'
import { MediaFiles } from './whatsapp/media-files.ts'
import { saveNumber } from './whatsapp/numbers.ts'
import { Poster } from './whatsapp/poster.ts'
import { enqueueWebhook, type Provider } from './whatsapp/provider.ts'
import { Rates } from './whatsapp/rates.ts'
import { resumeReceipts } from './whatsapp/receipts.ts'
import { resumeReviews } from './whatsapp/templates.ts'

/** The options can't be used; the message is one sentence per mistake. */
export class SandboxOptionsError extends Error {
  override name = 'SandboxOptionsError'
}

type CheckedOptions = ReturnType<typeof SandboxOptions.parse>

const IDLE_CONNECTION_MS = 120_000

export interface Sandbox {
  name: 'sandbox'
  port: number
  /** The address of this process. */
  url: string
  /** What `META_GRAPH_URL` must be. */
  graphUrl: string
  unreadyReasons(): string[]
  stop(): Promise<void>
}

/**
 * Starts the provider's stand-in: Graph API, webhooks, control API and the customer's phone, on one port.
 * What it knew before a kill it knows again when `dataDir` is the same.
 * @throws SandboxOptionsError naming what is wrong; the system's error when the port is taken
 */
export async function startSandbox(given: SandboxOptions): Promise<Sandbox> {
  const options = readOptions(given)
  const clock = movableClock()
  const metrics = createMetrics()
  const provider = await openProvider(options, clock)
  for (const number of options.numbers) await saveNumber(provider, number)
  for (const customer of options.customers) await saveCustomer(provider, { waId: customer.waId, userId: customer.userId }, customer)
  const health = createHealth({ metrics, unreadyReasons: () => [] })
  const app = new Hono<{ Bindings: HttpBindings }>()
  app.get('/:path{livez|readyz|metrics}', async (c) => {
    reportFigures(metrics, provider)
    const answer = await answerHealth(health, c.req.path)
    return answer ? c.body(answer.body, answer.status as 200, { 'content-type': answer.contentType }) : c.notFound()
  })
  app.route('/graph', graphRoutes(provider))
  app.get('/whatsapp_business/attachments/', (c) => downloadMedia(provider, c))
  app.route(`${options.publicPath}/control`, controlRoutes(provider, { advanceClock: clock.advance, reset: () => forget(provider) }))
  app.route(`${options.publicPath}/journal`, journalRoute(provider))
  app.route(`${options.publicPath}/phone`, phoneRoutes(provider))
  const server = createAdaptorServer({ fetch: app.fetch }) as Server
  // Longer than any client keeps an idle connection: closing first would race with its next request.
  server.keepAliveTimeout = IDLE_CONNECTION_MS
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, options.host, resolve))
  resume(provider)
  const url = `http://${options.host}:${portOf(server)}`
  provider.log.info({ url, numbers: provider.ledger.world.numbers.size }, 'started')
  return {
    name: 'sandbox',
    port: portOf(server),
    url,
    graphUrl: `${url}/graph/v25.0`,
    unreadyReasons: () => [],
    stop: async () => {
      health.drain()
      stopProvider(provider)
      const closed = closeServer(server)
      server.closeAllConnections()
      await closed
      await Promise.all([provider.ledger.close(), provider.journal.close()])
    },
  }
}

function readOptions(given: SandboxOptions): CheckedOptions {
  const parsed = SandboxOptions.safeParse(given)
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': '))
  throw new SandboxOptionsError(`the sandbox's options can't be used: ${mistakes.join('; ')}`)
}

async function openProvider(options: CheckedOptions, clock: Clock): Promise<Provider> {
  const { dataDir, webhookUrl, appSecret, verifyToken } = options
  return {
    app: { webhookUrl, appSecret, verifyToken },
    ledger: await Ledger.open(dataDir),
    journal: await Journal.open({ dataDir, clock, kept: options.journalEntries }),
    behaviours: new Behaviours(),
    rates: new Rates(),
    poster: new Poster(options.webhooks),
    live: new Live(),
    files: new MediaFiles(dataDir === undefined ? undefined : join(dataDir, 'media')),
    clock,
    log: createLog({ level: options.logLevel, process: 'sandbox' }),
    receipts: options.receipts,
    templateReviewMs: options.templateReviewMs,
    timers: new Set(),
    held: [],
  }
}

/** Goes on where the last process ended. */
function resume(provider: Provider): void {
  for (const webhook of provider.ledger.world.webhooks.values()) enqueueWebhook(provider, webhook)
  resumeReceipts(provider)
  resumeReviews(provider)
}

function clearSchedule(provider: Provider): void {
  for (const timer of provider.timers) clearTimeout(timer)
  provider.timers.clear()
  provider.held.length = 0
}

function stopProvider(provider: Provider): void {
  clearSchedule(provider)
  provider.poster.stop()
  provider.live.close()
}

/** Forgets everything but the journal, whose sequence goes on. */
async function forget(provider: Provider): Promise<void> {
  clearSchedule(provider)
  provider.poster.clear()
  provider.behaviours.clear()
  provider.rates.clear()
  await provider.ledger.clear()
}

function movableClock(): Clock & { advance(ms: number): void } {
  let offsetMs = 0
  return {
    now: () => new Date(systemClock.now().getTime() + offsetMs),
    advance: (ms) => {
      offsetMs += ms
    },
  }
}

function reportFigures(metrics: Metrics, provider: Provider): void {
  const gauge = metrics.gauge('weft_sandbox_webhooks', 'Webhooks of the simulated provider by what became of them', ['state'])
  for (const [state, count] of Object.entries(provider.poster.figures())) gauge.set({ state }, count)
}
