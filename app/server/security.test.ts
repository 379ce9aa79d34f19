import { expect, test } from 'vitest'
import { contentSecurityPolicy, newNonce, setSecurityHeaders } from './security.ts'

const directive = (name: string, policy: string) => policy.split('; ').find((part) => part.startsWith(`${name} `))

test('only scripts of ours run: files from here, and inline ones with this response\u2019s nonce', () => {
  const nonce = newNonce()
  expect(nonce).not.toBe(newNonce())
  const policy = contentSecurityPolicy(nonce, { isDevelopment: false })
  expect(directive('script-src', policy)).toBe(`script-src 'self' 'nonce-${nonce}'`)
  expect(directive('style-src', policy)).not.toContain('unsafe-inline')
  expect(directive('connect-src', policy)).toBe("connect-src 'self'")
})

test('no other site may frame our pages, take over their forms or move their base', () => {
  const policy = contentSecurityPolicy('n', { isDevelopment: false })
  for (const each of ["frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'", "object-src 'none'"])
    expect(policy).toContain(each)
})

test('https is remembered only where there is https', () => {
  const headersOf = (isHttps: boolean) => {
    const headers = new Headers()
    setSecurityHeaders(headers, { isHttps })
    return headers
  }
  expect([headersOf(true).has('strict-transport-security'), headersOf(false).has('strict-transport-security')]).toEqual([true, false])
})
