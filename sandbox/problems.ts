import type { Context, Next } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import type { Logger } from '#platform/log.ts'

/** A request of ours that can't be done; answered as problem+json (RFC 9457) with one sentence a person understands. */
export class Problem extends Error {
  override name = 'Problem'

  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly issues: readonly { path: string; message: string }[] = [],
  ) {
    super(detail)
  }
}

export function notFound(detail: string): Problem {
  return new Problem(404, 'Not found', detail)
}

/** A foreign web page must not do anything here in its visitor's name; browsers tell where a request comes from. */
export async function refuseOtherSites(c: Context, next: Next): Promise<void> {
  const site = c.req.header('sec-fetch-site')
  if (c.req.method !== 'GET' && site !== undefined && site !== 'same-origin' && site !== 'none') {
    throw new Problem(403, 'Not from here', "Only the sandbox's own pages may do this.")
  }
  await next()
}

export function answerProblem(log: Logger, error: unknown, c: Context): Response {
  const known = error instanceof Problem
  if (!known) log.error({ error }, 'a bug in the sandbox')
  const problem = known ? error : new Problem(500, 'A bug in the sandbox', 'Its log says more.')
  const { status, title, message, issues } = problem
  const body = { type: 'about:blank', title, status, detail: message, ...(issues.length > 0 ? { issues } : {}) }
  return c.json(body, status as ContentfulStatusCode, { 'content-type': 'application/problem+json' })
}

/** @throws Problem 422 that names every wrong field */
export function check<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
  const detail = issues.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ')
  throw new Problem(422, 'The request is not valid', detail, issues)
}

/** The JSON body, checked. Only `application/json` is read, which no foreign web page can send without asking first. */
export async function checkBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  if (!c.req.header('content-type')?.startsWith('application/json')) {
    throw new Problem(415, 'Unsupported media type', 'Send the body as application/json.')
  }
  const value: unknown = await c.req.json().catch(() => {
    throw new Problem(400, 'The body is not JSON', 'The body could not be parsed as JSON.')
  })
  return check(schema, value)
}
