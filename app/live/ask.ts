import type { FailureCode } from '#platform/failures.ts'

/** `offline` and `unreachable` are the browser's own: no word from the server, so it may or may not have acted. */
export type Refusal = { ok: false; code: FailureCode | 'offline' | 'unreachable'; detail?: unknown }
export type Answer<T> = { ok: true; value: T } | Refusal

/** Long enough for a slow mobile network; after it nobody waits any more and the person may try again. */
const PATIENCE_MS = 30_000

/** Asks one of our own routes for data. Never throws: whatever happens is an answer. */
export async function ask<T>(
  path: string,
  options: { method?: 'GET' | 'POST'; body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  if (!navigator.onLine) return { ok: false, code: 'offline' }
  const signals = [AbortSignal.timeout(PATIENCE_MS), ...(options.signal ? [options.signal] : [])]
  try {
    const response = await fetch(path, {
      method: options.method ?? 'GET',
      headers: { accept: 'application/json', ...(options.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.any(signals),
    })
    return await readAnswer<T>(response)
  } catch {
    return { ok: false, code: navigator.onLine ? 'unreachable' : 'offline' }
  }
}

/** @returns `unreachable` for anything that is not one of our answers: a proxy's page, a cut body. */
export async function readAnswer<T>(response: Pick<Response, 'json'>): Promise<Answer<T>> {
  const body: unknown = await response.json().catch(() => null)
  const isAnswer = typeof body === 'object' && body !== null && 'ok' in body && typeof body.ok === 'boolean'
  return isAnswer ? (body as Answer<T>) : { ok: false, code: 'unreachable' }
}
