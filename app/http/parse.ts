import type { Params } from '@remix-run/react'
import { z } from 'zod'
import { LIMITS } from '#platform/limits.ts'
import { refuse } from './respond.ts'

/** The route's params, checked. A param of the wrong shape names nothing there is: 404, like any unknown id. */
export function parseParams<Shape extends z.ZodRawShape>(params: Params, shape: Shape): z.infer<z.ZodObject<Shape>> {
  const parsed = z.object(shape).safeParse(params)
  if (!parsed.success) refuse('not_found')
  return parsed.data
}

/** The address's query, checked; 422 names what is wrong. A name that comes twice counts once, the last time. */
export function parseQuery<S extends z.ZodType>(request: Request, schema: S): z.infer<S> {
  return checked(Object.fromEntries(new URL(request.url).searchParams), schema)
}

/** The submitted form, checked; 422 names what is wrong. Files are for the upload route alone. */
export async function parseForm<S extends z.ZodType>(request: Request, schema: S): Promise<z.infer<S>> {
  refuseLarge(request)
  const form = await request.formData().catch(() => refuse('invalid_input', [{ path: '', message: 'not a form' }]))
  return checked(Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')), schema)
}

/** The JSON body, checked; 422 names what is wrong. */
export async function parseJson<S extends z.ZodType>(request: Request, schema: S): Promise<z.infer<S>> {
  refuseLarge(request)
  const text = await request.text()
  if (text.length > LIMITS.requestJsonBytes) refuse('too_large')
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    refuse('invalid_input', [{ path: '', message: 'not JSON' }])
  }
  return checked(body, schema)
}

function refuseLarge(request: Request): void {
  if (Number(request.headers.get('content-length') ?? 0) > LIMITS.requestJsonBytes) refuse('too_large')
}

function checked<S extends z.ZodType>(value: unknown, schema: S): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (!parsed.success) {
    const issues = parsed.error.issues.slice(0, 20).map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
    refuse('invalid_input', issues)
  }
  return parsed.data
}
