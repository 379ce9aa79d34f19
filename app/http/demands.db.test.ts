import { beforeAll, describe, expect, test } from 'vitest'
import { createAuth } from '#app/auth.ts'
import { addMember, createUser } from '#modules/members/index.ts'
import { createMemoryCache } from '#platform/cache/memory.ts'
import { systemClock } from '#platform/clock.ts'
import { readEnv } from '#platform/env.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type DemandContext, requireAbility, requireScope, TENANT_COOKIE } from './demands.ts'

const database = useDatabase()
const PASSWORD = 'correct horse battery'

let context: DemandContext
let session: string
let userId: string
let [first, second, foreign]: BuiltTenant[] = []

beforeAll(async () => {
  const log = createLog({ level: 'silent', process: 'test' })
  const auth = createAuth({
    database: database.web,
    cache: createMemoryCache(),
    log,
    secret: '0123456789abcdef'.repeat(2),
    publicUrl: undefined,
  })
  context = { weft: { env: readEnv({}), clock: systemClock, database: database.web, auth } }
  first = await aTenant(database.web)
  second = await aTenant(database.web)
  foreign = await aTenant(database.web)
  const email = `${newId('user')}@example.com`
  const created = await createUser(database.web, { name: 'Sara', email, password: PASSWORD })
  if (!created.ok) return expect.unreachable(created.code)
  userId = created.value.userId
  for (const tenant of [first, second]) {
    await addMember(database.web, systemClock, { tenantId: tenant.tenantId, user: { userId, name: 'Sara', email }, roleKeys: ['agent'] })
  }
  const signedIn = await auth.signIn(new Request('http://localhost/login'), { email, password: PASSWORD })
  if (!signedIn.ok) return expect.unreachable(signedIn.code)
  session = signedIn.value.getSetCookie()[0]?.split(';')[0] ?? ''
})

const request = (cookies: string[] = [session], headers: Record<string, string> = {}, path = '/conversations?view=mine') =>
  new Request(`http://localhost${path}`, { headers: { ...headers, cookie: cookies.join('; ') } })
const refusalOf = async (work: () => unknown): Promise<Response> => {
  try {
    await work()
  } catch (thrown) {
    if (thrown instanceof Response) return thrown
    throw thrown
  }
  return expect.unreachable('nothing was refused')
}
const withEnv = (env: Record<string, string>): DemandContext => ({ weft: { ...context.weft, env: readEnv(env) } })

describe('who is signed in', () => {
  test('acts in their first workspace', async () => {
    const scope = await requireScope(request(), context)
    expect(scope.tenantId).toBe(first?.tenantId)
    expect(scope.actor).toMatchObject({ kind: 'member', name: 'Sara', userId })
  })

  test('acts in the workspace they chose, or the installation’s default', async () => {
    const chosen = `${TENANT_COOKIE}=${second?.tenantId}`
    expect((await requireScope(request([session, chosen]), context)).tenantId).toBe(second?.tenantId)
    const otherwise = withEnv({ DEFAULT_TENANT_ID: second?.tenantId ?? '' })
    expect((await requireScope(request(), otherwise)).tenantId).toBe(second?.tenantId)
  })

  test('never acts where they do not belong, whatever the cookie says', async () => {
    for (const tenantId of [foreign?.tenantId, newId('tenant'), 'nonsense']) {
      const scope = await requireScope(request([session, `${TENANT_COOKIE}=${tenantId}`]), context)
      expect(scope.tenantId).toBe(first?.tenantId)
    }
  })

  test('but belongs nowhere is told so', async () => {
    const email = `${newId('user')}@example.com`
    await createUser(database.web, { name: 'Nobody', email, password: PASSWORD })
    const signedIn = await context.weft.auth.signIn(new Request('http://localhost/login'), { email, password: PASSWORD })
    const cookie = signedIn.ok ? (signedIn.value.getSetCookie()[0]?.split(';')[0] ?? '') : ''
    const refusal = await refusalOf(() => requireScope(request([cookie]), context))
    expect([refusal.status, await refusal.json()]).toMatchObject([403, { code: 'not_allowed', detail: { reason: 'no_workspace' } }])
  })

  test('loses what a role gave with the next request', async () => {
    const scope = await requireScope(request(), context)
    requireAbility(scope, 'messages.send')
    const tenantId = toUuid(first?.tenantId ?? '')
    await first?.scope.transaction(({ prisma }) => prisma.memberRole.deleteMany({ where: { tenantId, member: { userId } } }))
    const after = await requireScope(request(), context)
    const refusal = await refusalOf(() => requireAbility(after, 'messages.send'))
    expect([refusal.status, await refusal.json()]).toMatchObject([403, { code: 'not_allowed', detail: { permission: 'messages.send' } }])
  })
})

describe('who is not signed in', () => {
  test('is sent to the login page and back', async () => {
    const refusal = await refusalOf(() => requireScope(request([], { accept: 'text/html' }), context))
    expect([refusal.status, refusal.headers.get('location')]).toEqual([
      302,
      `/login?next=${encodeURIComponent('/conversations?view=mine')}`,
    ])
  })

  test.each(['application/json', 'text/event-stream'])('gets a plain no when they ask for %s', async (accept) => {
    const refusal = await refusalOf(() => requireScope(request([], { accept }), context))
    expect([refusal.status, await refusal.json()]).toMatchObject([401, { code: 'not_signed_in' }])
  })
})
