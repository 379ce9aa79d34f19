import { newId } from '#platform/ids.ts'
import { problemResponse } from './respond.ts'

/** Set by `guardRequest` on every request, whatever the browser sent under these names. */
export const REQUEST_ID_HEADER = 'x-request-id'
export const CLIENT_ADDRESS_HEADER = 'x-weft-client-address'

/** Routes that others post to by design; they prove who they are by signature or key, and no cookie counts there. */
const OUTSIDE_POSTS = /^\/(webhooks|api\/v1)\//

/**
 * What every request passes first: it gets an id for logs and error pages, the client's address, and, when it would change
 * something, must come from one of our own pages (CSRF: browsers say where a post comes from, pages can't lie about it).
 * @param options.publicUrl our address; absent: the address the request names itself by
 * @param options.trustedProxies how many proxies in front append to X-Forwarded-For
 */
export function guardRequest(
  request: Request,
  options: { publicUrl: string | undefined; trustedProxies: number; remoteAddress: string },
): { request: Request; requestId: string; refusal: Response | null } {
  const headers = new Headers(request.headers)
  const requestId = requestIdFrom(headers.get(REQUEST_ID_HEADER), options.trustedProxies)
  headers.set(REQUEST_ID_HEADER, requestId)
  headers.set(CLIENT_ADDRESS_HEADER, clientAddress(headers.get('x-forwarded-for'), options))
  const refusal = isForeignPost(request, options.publicUrl) ? problemResponse('origin_refused') : null
  return { request: withHeaders(request, headers), requestId, refusal }
}

/** Piece by piece, because a server's Request may look like one without being one that the constructor takes whole. */
function withHeaders({ url, method, body, signal }: Request, headers: Headers): Request {
  const init: RequestInit & { duplex?: 'half' } = body === null ? {} : { body, duplex: 'half' }
  return new Request(url, { ...init, method, headers, signal })
}

/** The id that logs, traces and the error page share. */
export function requestIdOf(request: Request): string {
  return request.headers.get(REQUEST_ID_HEADER) ?? newRequestId()
}

function newRequestId(): string {
  return newId('event').slice('evt_'.length)
}

/** A proxy's id is kept, so that its log and ours can be read together; a stranger's is not believed. */
function requestIdFrom(given: string | null, trustedProxies: number): string {
  return trustedProxies > 0 && given !== null && /^[\w-]{8,64}$/.test(given) ? given : newRequestId()
}

/** The address the outermost trusted proxy saw; entries further left are the client's own claims. */
function clientAddress(forwardedFor: string | null, options: { trustedProxies: number; remoteAddress: string }): string {
  if (options.trustedProxies === 0 || forwardedFor === null) return options.remoteAddress
  const hops = forwardedFor.split(',').map((hop) => hop.trim())
  return hops[Math.max(0, hops.length - options.trustedProxies)] || options.remoteAddress
}

function isForeignPost(request: Request, publicUrl: string | undefined): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return false
  const url = new URL(request.url)
  if (OUTSIDE_POSTS.test(url.pathname)) return false
  const origin = request.headers.get('origin')
  // No origin and no cookie: not a browser, or one that has nothing of ours to misuse.
  if (origin === null) return request.headers.has('cookie')
  return !ownOrigins(request, publicUrl).includes(origin)
}

/** Our own origins as browsers write them: the public one, and the host the request was sent to. */
export function ownOrigins(request: Request, publicUrl: string | undefined): string[] {
  if (publicUrl !== undefined) return [new URL(publicUrl).origin]
  const host = request.headers.get('host') ?? new URL(request.url).host
  return [`http://${host}`, `https://${host}`]
}
