import { sqlState } from '#platform/db/sql.ts'
import type { FailureCode } from '#platform/failures.ts'
import type { Logger } from '#platform/log.ts'
import { requestIdOf } from './guard.ts'
import { problemResponse } from './respond.ts'

/**
 * The one boundary that bugs reach: the error goes to the log with the request's id, and people get one plain sentence with
 * the same id, so that who reads the log finds what they saw.
 */
export function noteUnexpected(error: unknown, request: Request, log: Logger): { requestId: string; code: FailureCode | null } {
  const requestId = requestIdOf(request)
  const code = isDatabaseAway(error) ? 'database_unavailable' : null
  const entry = { error, requestId, method: request.method, path: new URL(request.url).pathname }
  if (code) log.warn(entry, 'the database did not answer')
  else log.error(entry, 'a bug: an error nobody expected')
  return { requestId, code }
}

/** For routes outside Remix: the plain answer to an error nobody expected. */
export function unexpectedResponse(error: unknown, request: Request, log: Logger): Response {
  const { requestId, code } = noteUnexpected(error, request, log)
  if (code) return problemResponse(code, { requestId }, { 'retry-after': '2' })
  const sentence = `Something went wrong on our side. If it stays, tell your administrator this number: ${requestId}\n`
  return new Response(sentence, { status: 500, headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' } })
}

const AWAY_CODES = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND', 'EPIPE', 'P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028']

/** The server is gone, shutting down or has no connection left: another try may succeed by itself. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error)
  if (state !== undefined && (state.startsWith('08') || state.startsWith('57P') || state === '53300')) return true
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 6; depth++) {
    const code = (at as { code?: unknown }).code
    if (typeof code === 'string' && AWAY_CODES.includes(code)) return true
    if (/Connection terminated|timeout exceeded when trying to connect/.test(at.message)) return true
    at = at.cause
  }
  return false
}
