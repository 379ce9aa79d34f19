import type { MiddlewareHandler } from 'hono'
import { monotonicMs } from '#platform/clock.ts'
import type { AppContext } from '../context.ts'

/** Counts and times answers by what was asked for; paths themselves would make a label per conversation. */
export function measure({ metrics }: Pick<AppContext, 'metrics'>): MiddlewareHandler {
  const seconds = metrics.histogram('weft_web_request_seconds', 'Time until the answer began, by what was asked for', ['kind', 'status'])
  return async (c, next) => {
    const began = monotonicMs()
    await next()
    seconds.observe({ kind: kindOf(c.req.path), status: `${Math.floor(c.res.status / 100)}xx` }, (monotonicMs() - began) / 1_000)
  }
}

const KINDS = ['webhooks', 'sandbox', 'api', 'events', 'files', 'assets', 'emoji', 'livez', 'readyz', 'metrics']

function kindOf(path: string): string {
  const first = path.split('/')[1] ?? ''
  if (KINDS.includes(first)) return first
  return path.endsWith('.data') ? 'data' : 'page'
}
