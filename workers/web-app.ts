import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Http2Bindings, HttpBindings } from '@hono/node-server'
import type { AppContext } from '#app/context.ts'
import type { Env } from '#platform/env.ts'

/** The web application: the built bundle in production, Vite's live modules in development. */
export interface LoadedApp {
  /** @param node the request and answer as Node has them, for what is streamed on untouched */
  fetch: Fetch
  /** Development only: Vite's assets and hot reload come first. */
  middleware?: (request: IncomingMessage, response: ServerResponse, next: () => void) => void
  close(): Promise<void>
}

type Fetch = (request: Request, node: HttpBindings | Http2Bindings) => Response | Promise<Response>

interface ServerBundle {
  createApp(context: AppContext): { fetch: Fetch }
}

export async function loadApp(options: { env: Env; context: AppContext; server: Server }): Promise<LoadedApp> {
  if (options.env.NODE_ENV === 'development') return liveApp(options.context, options.server)
  // From where the process runs, as its assets are: this file is bundled into a chunk, whose folder is not the bundle's.
  const bundle = (await import(pathToFileURL(resolve('build/server/index.js')).href)) as ServerBundle
  const app = bundle.createApp(options.context)
  return { fetch: (request, node) => app.fetch(request, node), close: async () => undefined }
}

/** The context is made once, outside; modules that Vite reloads find their database and streams as they were. */
async function liveApp(context: AppContext, server: Server): Promise<LoadedApp> {
  const { createServer } = await import('vite')
  const vite = await createServer({ server: { middlewareMode: true, hmr: { server } } })
  return {
    fetch: async (request, node) => ((await vite.ssrLoadModule('/app/server.ts')) as ServerBundle).createApp(context).fetch(request, node),
    middleware: vite.middlewares,
    close: () => vite.close(),
  }
}
