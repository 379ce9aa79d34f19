import { Hono } from 'hono'
import { z } from 'zod'
import { answerProblem, check, checkBody, notFound, refuseOtherSites } from '../problems.ts'
import { type Behaviour, BehaviourInput } from '../whatsapp/behaviours.ts'
import { handshake } from '../whatsapp/poster.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { releaseHeld } from '../whatsapp/receipts.ts'
import { inboundRoutes } from './inbound.ts'
import { registryRoutes } from './registry.ts'
import { webhookRoutes } from './webhooks.ts'

/** What `SandboxOptions` and the running process offer to the control API. */
export interface ControlHooks {
  /** Moves the sandbox's clock; windows, expiries and timestamps follow, timers don't. */
  advanceClock(ms: number): void
  reset(): Promise<void>
}

/** The control API for tests, the fault suite and benchmarks; `sandbox/README.md` has the table. */
export function controlRoutes(provider: Provider, hooks: ControlHooks): Hono {
  const app = new Hono()
  app.onError((error, c) => answerProblem(provider.log, error, c))
  app.use('*', refuseOtherSites)
  registryRoutes(app, provider)
  inboundRoutes(app, provider)
  webhookRoutes(app, provider)
  behaviourRoutes(app, provider)
  app.get('/state', (c) => c.json(stateOf(provider)))
  app.post('/reset', async (c) => {
    await hooks.reset()
    return c.json({ done: true })
  })
  app.post('/clock', async (c) => {
    const { advanceMs } = await checkBody(
      c,
      z.strictObject({
        advanceMs: z
          .number()
          .int()
          .min(0)
          .max(366 * 86_400_000),
      }),
    )
    hooks.advanceClock(advanceMs)
    return c.json({ now: provider.clock.now().toISOString() })
  })
  app.put('/webhook', async (c) => {
    const change = z.strictObject({
      url: z.url().optional(),
      appSecret: z.string().min(1).optional(),
      verifyToken: z.string().min(1).optional(),
    })
    const { url, appSecret, verifyToken } = await checkBody(c, change)
    Object.assign(provider.app, {
      webhookUrl: url ?? provider.app.webhookUrl,
      appSecret: appSecret ?? provider.app.appSecret,
      verifyToken: verifyToken ?? provider.app.verifyToken,
    })
    return c.json({ url: provider.app.webhookUrl })
  })
  app.post('/webhook/verify', async (c) => {
    const problem = await handshake(provider.app.webhookUrl, provider.app.verifyToken)
    return c.json({ verified: problem === null, problem })
  })
  app.all('*', (c) => {
    throw notFound(`There is no ${c.req.method} ${c.req.path}.`)
  })
  return app
}

/** Entries after a sequence, oldest first; `?after=0&limit=1000`. */
export function journalRoute(provider: Provider): Hono {
  const app = new Hono()
  app.onError((error, c) => answerProblem(provider.log, error, c))
  app.get('/', (c) => {
    const query = z.object({
      after: z.coerce.number().int().min(0).default(0),
      limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
    })
    const { after, limit } = check(query, c.req.query())
    return c.json(provider.journal.read(after, limit))
  })
  return app
}

function behaviourRoutes(app: Hono, provider: Provider): void {
  app.get('/behaviours', (c) => c.json({ behaviours: provider.behaviours.all() }))
  app.post('/behaviours', async (c) => {
    const added = provider.behaviours.add(await checkBody(c, BehaviourInput))
    return c.json(shown(added), 201)
  })
  app.delete('/behaviours', (c) => {
    provider.behaviours.clear()
    return c.json({ done: true })
  })
  app.delete('/behaviours/:id', (c) => {
    if (!provider.behaviours.remove(c.req.param('id'))) throw notFound(`There is no behaviour ${c.req.param('id')}.`)
    return c.json({ done: true })
  })
  app.post('/receipts/release', (c) => c.json({ released: releaseHeld(provider) }))
}

function shown({ id, match, times, share, seed, effect, struck }: Behaviour) {
  return { id, match, times, share, seed, effect, struck }
}

function stateOf(provider: Provider) {
  const { world } = provider.ledger
  return {
    now: provider.clock.now().toISOString(),
    webhookUrl: provider.app.webhookUrl,
    numbers: world.numbers.size,
    customers: world.customers.size,
    messages: world.messages.size,
    pendingWebhooks: world.webhooks.size,
    scheduled: provider.timers.size,
    held: provider.held.length,
    poster: provider.poster.figures(),
  }
}
