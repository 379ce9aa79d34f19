import { beforeEach, describe, expect, test } from 'vitest'
import { createUser } from '#modules/members/index.ts'
import { createMemoryCache } from '#platform/cache/memory.ts'
import { newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { createLog } from '#platform/log.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type Auth, createAuth } from './auth.ts'
import { CLIENT_ADDRESS_HEADER } from './http/guard.ts'

const database = useDatabase()
const PASSWORD = 'correct horse battery'
const log = createLog({ level: 'silent', process: 'test' })
const authFor = (publicUrl?: string) =>
  createAuth({ database: database.web, cache: createMemoryCache(), log, secret: 's'.repeat(16).concat('0123456789abcdef'), publicUrl })

let auth: Auth
let email: string

beforeEach(async () => {
  auth = authFor()
  email = `${newId('user')}@example.com`
  await createUser(database.web, { name: 'Sara', email, password: PASSWORD, locale: 'ar' })
})

const from = (address: string, headers: Record<string, string> = {}) =>
  new Request('http://localhost/login', { method: 'POST', headers: { [CLIENT_ADDRESS_HEADER]: address, ...headers } })
const signIn = (credentials = { email, password: PASSWORD }, address = '203.0.113.7') => auth.signIn(from(address), credentials)
const cookieOf = (headers: Headers) =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')
const signedIn = async () => {
  const result = await signIn()
  return result.ok ? new Headers({ cookie: cookieOf(result.value) }) : expect.unreachable(result.code)
}

describe('signing in', () => {
  test('gives a session that says who it is', async () => {
    expect(await auth.sessionOf(await signedIn())).toEqual({
      sessionId: expect.stringMatching(/^ses_[0-9a-f]{32}$/),
      userId: expect.stringMatching(/^usr_[0-9a-f]{32}$/),
      name: 'Sara',
      email,
      locale: 'ar',
      theme: null,
    })
  })

  test('does not mind the letters of the address', async () => {
    expect(await signIn({ email: email.toUpperCase(), password: PASSWORD })).toMatchObject({ ok: true })
  })

  test.each([
    ['a wrong password', () => ({ email, password: 'wrong horse battery' })],
    ['an unknown address', () => ({ email: 'nobody@example.com', password: PASSWORD })],
    ['what is no address', () => ({ email: 'nobody', password: PASSWORD })],
    ['a password longer than any', () => ({ email, password: 'x'.repeat(LIMITS.passwordChars + 1) })],
    ['nothing', () => ({ email: '', password: '' })],
  ])('with %s is refused in the same words', async (_name, credentials) => {
    expect(await signIn(credentials())).toEqual({ ok: false, code: 'credentials_wrong' })
  })

  test('is slowed down for an account, wherever from', async () => {
    for (let n = 0; n < LIMITS.signInsPerAccount.tries; n++) await signIn({ email, password: 'guess' }, `203.0.113.${n}`)
    expect(await signIn(undefined, '198.51.100.1')).toEqual({ ok: false, code: 'rate_limited' })
    const stranger = { email: 'nobody@example.com', password: 'guess' }
    for (let n = 0; n < LIMITS.signInsPerAccount.tries; n++) await signIn(stranger, `192.0.2.${n}`)
    expect(await signIn(stranger, '198.51.100.1')).toEqual({ ok: false, code: 'rate_limited' })
  })

  test('is slowed down for an address, whatever the account', async () => {
    for (let n = 0; n < LIMITS.signInsPerAddress.tries; n++) await signIn({ email: `n${n}@example.com`, password: 'guess' })
    expect(await signIn()).toEqual({ ok: false, code: 'rate_limited' })
    expect(await signIn(undefined, '198.51.100.1')).toMatchObject({ ok: true })
  })
})

describe('a session', () => {
  test('is over at once when signed out, also for a copy of its cookie', async () => {
    const headers = await signedIn()
    await auth.signOut(new Request('http://localhost/logout', { method: 'POST', headers }))
    expect(await auth.sessionOf(headers)).toBeNull()
  })

  test('is over at once when its row is gone', async () => {
    const headers = await signedIn()
    const session = await auth.sessionOf(headers)
    await database.web.prisma.session.deleteMany({ where: { id: session?.sessionId } })
    expect(await auth.sessionOf(headers)).toBeNull()
  })

  test('does not outlive its time', async () => {
    const headers = await signedIn()
    await database.web.prisma.session.updateMany({ data: { expiresAt: new Date(Date.now() - 1_000) } })
    expect(await auth.sessionOf(headers)).toBeNull()
  })

  test('can’t be made up', async () => {
    const headers = await signedIn()
    const forged = (headers.get('cookie') ?? '').replace(/\.[^.]*$/, '.AAAA')
    expect(await auth.sessionOf(new Headers({ cookie: forged }))).toBeNull()
    expect(await auth.sessionOf(new Headers())).toBeNull()
  })

  test('lives in a cookie that scripts and other sites can’t use, and under https no plain request carries', async () => {
    const plain = await signIn()
    expect(plain.ok && plain.value.getSetCookie()[0]).toMatch(/^weft\.session_token=.*HttpOnly; SameSite=Lax$/)
    auth = authFor('https://inbox.example.com')
    const secure = await signIn()
    expect(secure.ok && secure.value.getSetCookie()[0]).toMatch(/^__Secure-weft\.session_token=.*; Secure/)
  })
})

describe('the paths of /api/auth', () => {
  const call = (path: string, init: RequestInit = {}) =>
    auth.handler(
      new Request(`http://localhost/api/auth${path}`, {
        ...init,
        headers: { origin: 'http://localhost', host: 'localhost', ...init.headers },
      }),
    )
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })

  test('that make or change users are closed', async () => {
    const newcomer = { name: 'Eve', email: 'eve@example.com', password: PASSWORD }
    for (const path of ['/sign-up/email', '/update-user', '/delete-user', '/change-email', '/request-password-reset', '/sign-in/social']) {
      expect((await post(path, newcomer)).status).toBe(404)
    }
    expect(await database.web.prisma.user.findUnique({ where: { email: 'eve@example.com' } })).toBeNull()
  })

  test('sign in and tell who one is', async () => {
    const response = await post('/sign-in/email', { email, password: PASSWORD })
    expect(response.status).toBe(200)
    const session = await call('/get-session', { headers: { cookie: cookieOf(response.headers) } })
    expect(await session.json()).toMatchObject({ user: { email } })
  })

  test('count tries like the login page does', async () => {
    for (let n = 0; n < LIMITS.signInsPerAccount.tries; n++)
      await post('/sign-in/email', { email, password: 'guess' }, { [CLIENT_ADDRESS_HEADER]: `192.0.2.${n}` })
    expect((await post('/sign-in/email', { email, password: PASSWORD })).status).toBe(429)
  })

  test('take nothing from another site’s page', async () => {
    const headers = await signedIn()
    const response = await post('/sign-out', {}, { origin: 'https://evil.example', cookie: headers.get('cookie') ?? '' })
    expect(response.status).toBe(403)
    expect(await auth.sessionOf(headers)).not.toBeNull()
  })
})
