import { createHash } from 'node:crypto'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { hashPassword, isPasswordOf } from '#modules/members/index.ts'
import type { Cache } from '#platform/cache/port.ts'
import type { Database } from '#platform/db/database.ts'
import { ID_PREFIXES, type IdKind, newId } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Logger } from '#platform/log.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { CLIENT_ADDRESS_HEADER, ownOrigins } from './http/guard.ts'

/** A signed-in person, as far as signing in knows them. What they may do is the tenant's to say. */
export interface SignedIn {
  sessionId: string
  userId: string
  name: string
  email: string
  locale: string | null
  theme: string | null
}

/** Signing in and out. better-auth owns users, sessions, accounts and verifications; nothing else of it leaves this file. */
export interface Auth {
  /** Answers `/api/auth/*`: the few paths we offer, 404 for the rest of the library. */
  handler(request: Request): Promise<Response>
  /** Asked anew for every request, never cached: a session that was ended is over with the next click. */
  sessionOf(headers: Headers): Promise<SignedIn | null>
  /** @returns the headers that set the session's cookie. A wrong password and an unknown address look and take the same. */
  signIn(request: Request, credentials: { email: string; password: string }): Promise<Result<Headers, 'credentials_wrong' | 'rate_limited'>>
  /** @returns the headers that clear the cookie; the session is gone from the database as well. */
  signOut(request: Request): Promise<Headers>
}

const BASE_PATH = '/api/auth'
/** Users are made by the CLI and the seed until sign-up exists, so every path that makes or changes one stays closed. */
const OFFERED = ['/sign-in/email', '/sign-out', '/get-session', '/list-sessions', '/revoke-session', '/revoke-sessions', '/change-password']

export function createAuth(options: {
  database: Database
  cache: Cache
  log: Logger
  secret: string
  publicUrl: string | undefined
}): Auth {
  const library = betterAuth(settings(options))
  return {
    handler: async (request) => {
      const path = new URL(request.url).pathname.slice(BASE_PATH.length)
      return OFFERED.includes(path) ? library.handler(request) : new Response(null, { status: 404 })
    },
    sessionOf: async (headers) => {
      const found = await library.api.getSession({ headers })
      if (!found) return null
      const { session, user } = found
      return {
        sessionId: session.id,
        userId: user.id,
        name: user.name,
        email: user.email,
        locale: user.locale ?? null,
        theme: user.theme ?? null,
      }
    },
    signIn: async (request, { email, password }) => {
      try {
        const { headers } = await library.api.signInEmail({ body: { email, password }, headers: request.headers, returnHeaders: true })
        return ok(headers)
      } catch (error) {
        if (!(error instanceof APIError) || error.statusCode >= 500) throw error
        return fail(error.statusCode === 429 ? 'rate_limited' : 'credentials_wrong')
      }
    },
    signOut: async (request) => (await library.api.signOut({ headers: request.headers, returnHeaders: true })).headers,
  }
}

function settings({ database, cache, log, secret, publicUrl }: Parameters<typeof createAuth>[0]) {
  return {
    appName: 'Weft',
    baseURL: publicUrl ?? 'http://localhost',
    basePath: BASE_PATH,
    secret,
    database: prismaAdapter(database.prisma, { provider: 'postgresql' }),
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: LIMITS.passwordCharsMin,
      maxPasswordLength: LIMITS.passwordChars,
      password: { hash: hashPassword, verify: ({ hash, password }) => isPasswordOf(hash, password) },
    },
    user: { additionalFields: { locale: { type: 'string', required: false }, theme: { type: 'string', required: false } } },
    // A session ends a fixed time after signing in; the cookie and the row agree without a write on every visit.
    session: { expiresIn: LIMITS.sessionDays * 86_400, disableSessionRefresh: true },
    trustedOrigins: (request) => (request ? ownOrigins(request, publicUrl) : publicUrl ? [new URL(publicUrl).origin] : []),
    rateLimit: {
      enabled: true,
      customRules: { '/sign-in/*': false },
      customStorage: { consume: (key, rule) => consume(cache, key, rule) },
    },
    hooks: { before: createAuthMiddleware((context) => throttleSignIn(cache, context)) },
    advanced: {
      cookiePrefix: 'weft',
      // Said, not left out: the library would skip both checks wherever NODE_ENV is `test`.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      useSecureCookies: publicUrl?.startsWith('https:') ?? false,
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      database: { generateId: ({ model }) => (isIdKind(model) ? newId(model) : newId('verification')) },
    },
    onAPIError: {
      onError: (error) => {
        if (!(error instanceof APIError) || error.statusCode >= 500) log.error({ part: 'better-auth', error }, 'signing in failed')
      },
    },
    // The library's own words may carry addresses; its level and first sentence are enough for a log.
    logger: { level: 'error', log: (level, message) => log[level]({ part: 'better-auth' }, message) },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions
}

const isIdKind = (model: string): model is IdKind => model in ID_PREFIXES

async function consume(cache: Cache, key: string, rule: { window: number; max: number }) {
  const tries = await cache.increment(`auth/${key}`, rule.window * 1_000)
  return { allowed: tries <= rule.max, retryAfter: tries <= rule.max ? null : rule.window }
}

/**
 * Counts tries, right or wrong, by address and by account, before any password is looked at. The account's limit stops a
 * list of passwords from many addresses; whether the account exists makes no difference.
 */
async function throttleSignIn(cache: Cache, context: { path: string; body?: { email?: unknown }; headers?: Headers }): Promise<void> {
  if (context.path !== '/sign-in/email') return
  const address = context.headers?.get(CLIENT_ADDRESS_HEADER) ?? 'unknown'
  const account = createHash('sha256')
    .update(String(context.body?.email ?? '').toLowerCase())
    .digest('hex')
  for (const [key, limit] of [
    [`auth/sign-in/address/${address}`, LIMITS.signInsPerAddress],
    [`auth/sign-in/account/${account}`, LIMITS.signInsPerAccount],
  ] as const) {
    const tries = await cache.increment(key, limit.windowMs)
    if (tries > limit.tries) throw new APIError('TOO_MANY_REQUESTS', { message: 'Too many tries. Wait a moment and try again.' })
  }
}
