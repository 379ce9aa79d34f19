import type { ExtraOutcome, Http, HttpAnswer, HttpRequest } from '../connector.ts'
import { ownError, providerError } from './errors.ts'
import { parseJson } from './json.ts'
import { type Fields, fields, number } from './read.ts'

export interface WhatsappOptions {
  /** Graph API with its version, e.g. `https://graph.facebook.com/v25.0`. */
  graphUrl: string
  /** Where files may be fetched from besides the Graph API's own host, `*.` for any name below; the token is shown to them. */
  mediaHosts?: readonly string[]
}

export interface WhatsappCredentials {
  accessToken: string
}

/** The address of a Graph node or edge. Ids come from outside, so none may climb out of its place or add to the path. */
export function graphUrl(options: WhatsappOptions, path: readonly string[], query: Readonly<Record<string, string>> = {}): string {
  const url = new URL(`${options.graphUrl.replace(/\/+$/, '')}/${path.map(segment).join('/')}`)
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}

function segment(id: string): string {
  return /^\.{1,2}$/.test(id) ? '-' : encodeURIComponent(id)
}

/** Meta's file hosts turn away callers without a user agent. */
function headersOf(credentials: WhatsappCredentials): Record<string, string> {
  return { authorization: `Bearer ${credentials.accessToken}`, 'user-agent': 'weft' }
}

export function getRequest(url: string, credentials: WhatsappCredentials): HttpRequest {
  return { method: 'GET', url, headers: headersOf(credentials) }
}

/** A POST with a JSON body, which is how everything but a file is said to Meta. */
export function postRequest(url: string, credentials: WhatsappCredentials, body: unknown): HttpRequest {
  return { method: 'POST', url, headers: { ...headersOf(credentials), 'content-type': 'application/json' }, body: JSON.stringify(body) }
}

/** Calls the Graph API and says, by the rules below, what became of the call. */
export async function callGraph(http: Http, request: HttpRequest): Promise<ExtraOutcome<Fields>> {
  return outcomeOf(await http(request))
}

/**
 * What a call came to (invariant I5). Nothing written: refused, and may be tried again. A body with an error code: refused,
 * by its class, whatever the HTTP status. A bare 429: refused, since whoever answers so has not let it pass. Everything else
 * that is not a 2xx with a readable body is ambiguous: nobody can tell whether it was done.
 */
export function outcomeOf(answer: HttpAnswer): ExtraOutcome<Fields> {
  if (answer.kind === 'broken') return brokenOutcome(answer)
  const { status } = answer
  const body = bodyOf(answer.body)
  const error = providerError(body?.error)
  const retryAfterMs = retryAfterOf(answer.headers)
  if (error) return { kind: 'refused', error, retryAfterMs }
  if (status === 429) return { kind: 'refused', error: ownError('too_many_requests', 'HTTP 429 without a word of Meta’s'), retryAfterMs }
  if (body && status >= 200 && status < 300) return { kind: 'done', value: body }
  return { kind: 'ambiguous', reason: `HTTP ${status} without a readable answer` }
}

/** No whole answer came: whether anything had left decides. */
export function brokenOutcome({ wrote, reason }: Extract<HttpAnswer, { kind: 'broken' }>): Exclude<ExtraOutcome<never>, { kind: 'done' }> {
  return wrote ? { kind: 'ambiguous', reason } : { kind: 'refused', error: ownError('not_connected', reason) }
}

function bodyOf(bytes: Uint8Array): Fields | undefined {
  try {
    const body = parseJson(bytes)
    return typeof body === 'object' && body !== null ? fields(body) : undefined
  } catch {
    return undefined
  }
}

/** Only the form in seconds; the other form is a date, and nobody's clock is asked here. */
function retryAfterOf(headers: Readonly<Record<string, string>>): number | undefined {
  const seconds = number(headers['retry-after'])
  return seconds !== undefined && seconds >= 0 ? Math.ceil(seconds * 1000) : undefined
}
