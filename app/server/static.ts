import { serveStatic } from '@hono/node-server/serve-static'
import type { MiddlewareHandler } from 'hono'

/**
 * The built client. Names under /assets/ hold a hash of their content, so browsers may keep them for good; the rest (icons) is
 * asked for again after a while.
 * @param root relative to where the process runs: the checkout, or the image's working directory
 */
export function serveBuilt(root = './build/client'): MiddlewareHandler {
  return serveStatic({
    root,
    // The build leaves a .br beside each text file.
    precompressed: true,
    onFound: (_path, c) => {
      const isHashed = c.req.path.startsWith('/assets/')
      c.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'public, max-age=3600')
    },
  })
}
