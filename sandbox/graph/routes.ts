import { Hono } from 'hono'
import { unknownObject } from '../whatsapp/errors.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { accountRoutes, answerAccount, answerNumber } from './accounts.ts'
import { accountFor, answerError, type GraphContext, type GraphEnv, numberFor, objectId, refuseStrangers } from './edge.ts'
import { answerMedia, mediaRoutes } from './media.ts'
import { messageRoutes } from './messages.ts'
import { answerTemplate, templateRoutes } from './templates.ts'

/** The Graph API as far as WhatsApp uses it; mounted at `/graph`, any version. */
export function graphRoutes(provider: Provider): Hono<GraphEnv> {
  const app = new Hono<GraphEnv>()
  app.onError((error, c) => answerError(provider, error, c))
  messageRoutes(app, provider)
  mediaRoutes(app, provider)
  templateRoutes(app, provider)
  accountRoutes(app, provider)
  app.on(['GET', 'POST', 'DELETE'], '/:version/:id', (c) => answerObject(provider, c))
  app.all('*', (c) => {
    refuseStrangers(provider, c)
    throw unknownObject(objectId(c) || c.req.path, c.req.method)
  })
  return app
}

/** Graph's ids say nothing about what they name. */
async function answerObject(provider: Provider, c: GraphContext): Promise<Response> {
  const id = objectId(c)
  const { world } = provider.ledger
  const media = world.media.get(id)
  if (media && c.req.method !== 'POST') return answerMedia(provider, c, media)
  const template = world.templates.get(id)
  if (template && c.req.method !== 'DELETE') return answerTemplate(provider, c, template)
  if (world.numbers.has(id) && c.req.method !== 'DELETE') return answerNumber(provider, c, numberFor(provider, c))
  if (c.req.method === 'GET') return answerAccount(c, accountFor(provider, c))
  refuseStrangers(provider, c)
  throw unknownObject(id, c.req.method)
}
