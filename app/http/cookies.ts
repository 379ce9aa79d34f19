/** One cookie's value, or null. Values are ours and hold no encoded characters. */
export function cookieOf(request: Request, name: string): string | null {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

/** A cookie that scripts can't read and other sites can't send along with a post. */
export function setCookie(name: string, value: string, options: { secure: boolean; maxAgeSeconds: number }): string {
  return `${name}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${options.maxAgeSeconds}${options.secure ? '; Secure' : ''}`
}

/** Where to go after signing in: a path of ours, never another site's address. */
export function safeNext(next: string | null, otherwise = '/'): string {
  if (!next?.startsWith('/') || next.startsWith('//') || next.includes('\\')) return otherwise
  return next
}
