/**
 * One HTTP exchange as connectors see it. What matters beyond the usual: it tells whether any byte of the request could have
 * left this machine, because that decides between "surely not sent" and "nobody knows" (invariant I5).
 */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  headers?: Record<string, string>
  /** Strings and bytes are sent as they are; FormData as multipart. */
  body?: string | Uint8Array | FormData
  /** For the whole exchange, from asking for a connection to the answer's last byte. */
  timeoutMs?: number
  /** Largest answer read, bytes. */
  maxBytes?: number
}

export type HttpAnswer =
  /** A whole answer, redirects included: they are never followed. Header names are lower case. */
  | { kind: 'answer'; status: number; headers: Record<string, string>; body: Uint8Array }
  /** `wrote: false`: DNS, refused, TLS: nothing left. `wrote: true`: a timeout, reset or half answer after writing. */
  | { kind: 'broken'; wrote: boolean; reason: string }

/** Never throws for what the network or the other side does; only for a request that makes no sense. */
export type Http = (request: HttpRequest) => Promise<HttpAnswer>
