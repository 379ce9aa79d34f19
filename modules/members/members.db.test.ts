import pg from 'pg'
import { expect, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { aMember, aTenant, aUser } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import {
  addMember,
  createTenant,
  createUser,
  listMembers,
  permissionCatalogue,
  scopeForUser,
  setPreferences,
  tenantsOfUser,
} from './index.ts'

const database = useDatabase()
const enter = (userId: string, tenantId: Parameters<typeof scopeForUser>[3]) => scopeForUser(database.web, systemClock, userId, tenantId)

test('a new tenant has its settings, its roles and an Admin who may do everything', async () => {
  const tenant = await aTenant(database.web)
  const scope = await enter(tenant.scope.actor.userId, tenant.tenantId)
  expect(scope?.actor).toEqual(tenant.scope.actor)
  for (const { key } of permissionCatalogue) expect(scope?.ability.can(key, 'Tenant')).toBe(true)
  const members = await listMembers(tenant.scope)
  expect(members.map(({ name, roles }) => [name, roles.map((role) => role.key)])).toEqual([['Ada Admin', ['admin']]])
  const settings = await tenant.scope.transaction(({ prisma }) => prisma.tenantSettings.findMany())
  expect(settings).toMatchObject([{ tenantId: toUuid(tenant.tenantId), conversationSlot: 'all' }])
})

test('a taken slug makes no second tenant and leaves nothing behind', async () => {
  const first = await aTenant(database.web)
  const admin = await aUser(database.web)
  const again = () => createTenant(database.web, systemClock, { name: 'Copy', slug: first.slug, admin })
  expect(await again()).toEqual({ ok: false, code: 'already_exists' })
  expect(await tenantsOfUser(database.web, admin.userId)).toEqual([])
})

test('two tenants of one slug at the same moment: one is made', async () => {
  const admin = await aUser(database.web)
  const results = await Promise.all(
    [1, 2, 3].map((n) => createTenant(database.web, systemClock, { name: `Race ${n}`, slug: `race-${admin.userId.slice(-12)}`, admin })),
  )
  expect(results.filter((result) => result.ok)).toHaveLength(1)
  expect(await tenantsOfUser(database.web, admin.userId)).toHaveLength(1)
  const superuser = new pg.Client({ connectionString: database.urls.superuser })
  await superuser.connect()
  const { rows } = await superuser.query(
    'select tenant_id from tenant_settings union select tenant_id from roles union select tenant_id from members except select id from tenants',
  )
  await superuser.end()
  expect(rows).toEqual([])
})

test('a member is added once, with the roles that exist', async () => {
  const tenant = await aTenant(database.web)
  const user = await aUser(database.web, { name: 'Budi' })
  const add = (roleKeys: string[]) => addMember(database.web, systemClock, { tenantId: tenant.tenantId, user, roleKeys })
  expect(await add(['no-such-role'])).toMatchObject({ ok: false, code: 'invalid_input' })
  expect(await add(['agent'])).toMatchObject({ ok: true })
  expect(await add(['agent'])).toEqual({ ok: false, code: 'already_exists' })
  const agent = await enter(user.userId, tenant.tenantId)
  expect(agent?.ability.can('messages.send', 'Tenant')).toBe(true)
  expect(agent?.ability.can('members.manage', 'Tenant')).toBe(false)
  expect(await addMember(database.web, systemClock, { tenantId: newId('tenant'), user, roleKeys: ['agent'] })).toEqual({
    ok: false,
    code: 'not_found',
  })
})

test('adding a member again after a crash completes what is there', async () => {
  const tenant = await aTenant(database.web)
  const user = await aUser(database.web)
  const input = { tenantId: tenant.tenantId, user, roleKeys: ['agent'] }
  await addMember(database.web, systemClock, input)
  await database.web.prisma.membership.deleteMany({ where: { userId: user.userId } })
  expect(await enter(user.userId, tenant.tenantId)).toBeNull()
  expect(await addMember(database.web, systemClock, input)).toMatchObject({ ok: true })
  expect((await enter(user.userId, tenant.tenantId))?.ability.can('messages.send', 'Tenant')).toBe(true)
})

test('nobody enters a tenant they do not belong to, nor one that suspended them or is suspended', async () => {
  const [tenant, neighbour] = [await aTenant(database.web), await aTenant(database.web)]
  expect(await enter(tenant.scope.actor.userId, neighbour.tenantId)).toBeNull()
  const suspended = await aMember(database.web, tenant, { status: 'suspended' })
  expect(await enter(suspended.actor.userId, tenant.tenantId)).toBeNull()
  await database.web.prisma.tenant.update({ where: { id: toUuid(neighbour.tenantId) }, data: { status: 'suspended' } })
  expect(await enter(neighbour.scope.actor.userId, neighbour.tenantId)).toBeNull()
  expect(await tenantsOfUser(database.web, neighbour.scope.actor.userId)).toEqual([])
})

test('grants of several roles unite', async () => {
  const tenant = await aTenant(database.web)
  const sara = await aMember(database.web, tenant, {
    grants: [
      { permission: 'conversations.view', reach: 'own' },
      { permission: 'messages.send', reach: 'all' },
    ],
  })
  await tenant.scope.transaction(async ({ prisma }) => {
    const tenantId = toUuid(tenant.tenantId)
    const agent = await prisma.role.findFirstOrThrow({ where: { tenantId, key: 'agent' } })
    await prisma.memberRole.create({ data: { tenantId, memberId: toUuid(sara.actor.memberId), roleId: agent.id } })
  })
  const scope = await enter(sara.actor.userId, tenant.tenantId)
  expect(scope?.ability.can('conversations.view', 'Conversation')).toBe(true)
  expect(scope?.ability.can('conversations.assign', 'Tenant')).toBe(true)
})

test('an address has one account, whatever its letters', async () => {
  const email = `${newId('user')}@Example.com`
  expect(await createUser(database.web, { name: 'Sara', email, password: 'correct horse' })).toMatchObject({ ok: true })
  expect(await createUser(database.web, { name: 'Sara', email: email.toLowerCase(), password: 'correct horse' })).toEqual({
    ok: false,
    code: 'already_exists',
  })
  expect(await createUser(database.web, { name: 'Sara', email: `x${email}`, password: 'short' })).toEqual({
    ok: false,
    code: 'invalid_input',
  })
})

test('preferences are kept one by one', async () => {
  const { userId } = await aUser(database.web)
  await setPreferences(database.web, userId, { locale: 'ar' })
  await setPreferences(database.web, userId, { theme: 'dark' })
  expect(await database.web.prisma.user.findUnique({ where: { id: userId } })).toMatchObject({ locale: 'ar', theme: 'dark' })
})
