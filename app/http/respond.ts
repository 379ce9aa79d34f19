import type { TypedResponse } from '@remix-run/node'
import { type FailureCode, failures } from '#platform/failures.ts'
import type { Result } from '#platform/result.ts'

/** What a browser gets for a failure: the code to look up its words by, and plain data to show. */
export interface Problem<C extends FailureCode = FailureCode> {
  ok: false
  code: C
  detail?: unknown
  /** Worth another try by itself later, e.g. the database was away. */
  mayRetry: boolean
}

/** Answers with a use case's result: 200 and the value, or the failure's own status and its code. */
export function respond<T, C extends FailureCode>(
  result: Result<T, C>,
  init: { headers?: HeadersInit } = {},
): TypedResponse<{ ok: true; value: T } | Problem<C>> {
  if (result.ok) return json(result, 200, init.headers) as TypedResponse<{ ok: true; value: T }>
  return json(problemOf(result.code, result.detail), failures[result.code].status, init.headers) as TypedResponse<Problem<C>>
}

/** For loaders: the value, or a thrown answer that reaches the error boundary with the failure's status. */
export function unwrap<T, C extends FailureCode>(result: Result<T, C>): T {
  if (!result.ok) refuse(result.code, result.detail)
  return result.value
}

/** Ends the request with a failure. This folder is the only place that throws a Response. */
export function refuse(code: FailureCode, detail?: unknown, headers?: HeadersInit): never {
  throw json(problemOf(code, detail), failures[code].status, headers)
}

export function problemResponse(code: FailureCode, detail?: unknown, headers?: HeadersInit): Response {
  return json(problemOf(code, detail), failures[code].status, headers)
}

function problemOf<C extends FailureCode>(code: C, detail: unknown): Problem<C> {
  const mayRetry = failures[code].retry === 'later'
  return detail === undefined ? { ok: false, code, mayRetry } : { ok: false, code, detail, mayRetry }
}

function json(body: unknown, status: number, extra?: HeadersInit): Response {
  const headers = new Headers(extra)
  headers.set('cache-control', 'private, no-store')
  return Response.json(body, { status, headers })
}
