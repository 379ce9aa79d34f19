import { randomBytes } from 'node:crypto'

/** A fresh nonce for one response. */
export const newNonce = (): string => randomBytes(18).toString('base64url')

/**
 * What a page of ours may load and run: our own files, and inline scripts that carry this response's nonce. Style attributes
 * are allowed, because virtual lists place their rows by them; style elements need the nonce too.
 * @param options.isDevelopment Vite's hot reload adds inline styles and a websocket
 */
export function contentSecurityPolicy(nonce: string, options: { isDevelopment: boolean }): string {
  const { isDevelopment } = options
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    isDevelopment ? "style-src 'self' 'unsafe-inline'" : `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "media-src 'self' blob:",
    "font-src 'self'",
    `connect-src 'self'${isDevelopment ? ' ws:' : ''}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** On every answer of ours, whatever it is. */
export function setSecurityHeaders(headers: Headers, options: { isHttps: boolean }): void {
  headers.set('x-content-type-options', 'nosniff')
  headers.set('referrer-policy', 'same-origin')
  headers.set('cross-origin-opener-policy', 'same-origin')
  headers.set('cross-origin-resource-policy', 'same-origin')
  headers.set('x-frame-options', 'DENY')
  headers.set('permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()')
  if (options.isHttps) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
}
