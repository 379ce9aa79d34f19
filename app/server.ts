import * as build from 'virtual:remix/server-build'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type AppLoadContext, createRequestHandler, type ServerBuild } from '@remix-run/node'
import { Hono } from 'hono'
import { openFile } from '#modules/files/index.ts'
import type { AppContext } from './context.ts'
import { unexpectedResponse } from './http/boundary.ts'
import { guardRequest } from './http/guard.ts'
import { problemResponse } from './http/respond.ts'
import { emojiResponse } from './server/emoji.ts'
import { eventsResponse } from './server/events.ts'
import { fileResponse } from './server/files.ts'
import { measure } from './server/measure.ts'
import { createProxy } from './server/proxy.ts'
import { contentSecurityPolicy, newNonce, setSecurityHeaders } from './server/security.ts'
import { serveBuilt } from './server/static.ts'

declare module '@remix-run/node' {
  interface AppLoadContext {
    /** Marks the inline scripts of this response as ours. */
    nonce: string
  }
}

type Variables = { request: Request; requestId: string }
type WebApp = Hono<{ Bindings: HttpBindings; Variables: Variables }>

/**
 * Everything the web process answers, in the order it is asked: health, what is streamed on to other processes untouched, then
 * behind the guard (request id, client address, no foreign posts) sign-in, live events, files, built assets, and pages.
 */
export function createApp(context: AppContext): WebApp {
  const { env, log } = context
  const app: WebApp = new Hono()
  app.use(measure(context))
  app.use(async (c, next) => {
    const health = await context.answerHealth(c.req.path)
    return health ? c.body(health.body, { status: health.status as 200, headers: { 'content-type': health.contentType } }) : next()
  })
  streamOn(app, '/webhooks/*', env.INGRESS_URL, context)
  streamOn(app, '/sandbox/*', env.SANDBOX_URL, context)
  streamOn(app, '/sandbox', env.SANDBOX_URL, context)

  app.use(async (c, next) => {
    const remoteAddress = c.env.incoming.socket.remoteAddress ?? 'unknown'
    const { request, requestId, refusal } = guardRequest(c.req.raw, {
      publicUrl: env.PUBLIC_URL,
      trustedProxies: env.TRUSTED_PROXIES,
      remoteAddress,
    })
    c.set('request', request)
    if (refusal) c.res = refusal
    else await next()
    setSecurityHeaders(c.res.headers, { isHttps: env.PUBLIC_URL?.startsWith('https:') ?? false })
    c.res.headers.set('x-request-id', requestId)
  })
  app.on(['GET', 'POST'], '/api/auth/*', (c) => context.auth.handler(c.get('request')))
  app.get('/events', (c) => eventsResponse(c.get('request'), { weft: context, nonce: '' }).catch(answerOfRefusal))
  app.get('/files/*', (c) => fileResponse(c.get('request'), (input) => openFile(context, input)))
  app.get('/emoji/en/:file', async (c) => (await emojiResponse(c.req.param('file'))) ?? problemResponse('not_found'))
  if (env.NODE_ENV !== 'development') app.use(serveBuilt())
  const remix = createRequestHandler(build as unknown as ServerBuild, import.meta.env.MODE)
  app.all('*', async (c) => {
    const loadContext: AppLoadContext = { weft: context, nonce: newNonce() }
    const response = await remix(c.get('request'), loadContext)
    const policy = contentSecurityPolicy(loadContext.nonce, { isDevelopment: env.NODE_ENV === 'development' })
    if (response.headers.get('content-type')?.startsWith('text/html')) response.headers.set('content-security-policy', policy)
    return response
  })
  app.onError((error, c) => unexpectedResponse(error, c.get('request') ?? c.req.raw, log))
  return app
}

/** A refusal is thrown as the answer it is; anything else is a bug. */
function answerOfRefusal(thrown: unknown): Response {
  if (thrown instanceof Response) return thrown
  throw thrown
}

/** Passes a path on to the process that owns it; 404 where this installation has none. */
function streamOn(app: WebApp, path: string, to: string | undefined, { log }: AppContext): void {
  if (to === undefined) return void app.all(path, () => new Response('not found\n', { status: 404 }))
  const proxy = createProxy({ to, log })
  app.all(path, async (c) => {
    await proxy.pass(c.env.incoming, c.env.outgoing)
    return RESPONSE_ALREADY_SENT
  })
}
