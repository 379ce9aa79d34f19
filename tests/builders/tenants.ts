import { randomBytes } from 'node:crypto'
import { createTenant } from '#modules/members/index.ts'
import { abilityOf, type Grant } from '#platform/authority.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'

/** A scope whose actor is a member, so tests can name them. */
export interface MemberScope extends Scope {
  actor: { kind: 'member'; memberId: Id<'member'>; userId: string; name: string }
}

export interface BuiltTenant {
  tenantId: Id<'tenant'>
  slug: string
  /** As the tenant's Admin. */
  scope: MemberScope
}

/** A user who exists but has no password; signing in is `createUser`'s business. */
export async function aUser(database: Database, options: { name?: string } = {}) {
  const name = options.name ?? 'Amina'
  const userId = newId('user')
  const email = `${userId}@example.com`
  await database.prisma.user.create({ data: { id: userId, name, email } })
  return { userId, name, email }
}

/** A tenant with its default roles and one Admin. */
export async function aTenant(
  database: Database,
  options: { name?: string; clock?: Clock; conversationSlot?: 'all' | 'account' } = {},
): Promise<BuiltTenant> {
  const clock = options.clock ?? systemClock
  const admin = await aUser(database, { name: 'Ada Admin' })
  const slug = `t-${randomBytes(8).toString('hex')}`
  const { conversationSlot } = options
  const created = await createTenant(database, clock, { name: options.name ?? 'Warung Sate', slug, admin, conversationSlot })
  if (!created.ok) throw new Error(created.code)
  const { tenantId, memberId } = created.value
  return {
    tenantId,
    slug,
    scope: memberScope({ database, clock, tenantId, memberId, ...admin, grants: [{ permission: '*', reach: 'all' }] }),
  }
}

/** A member with exactly these grants, acting. */
export async function aMember(
  database: Database,
  tenant: BuiltTenant,
  options: { name?: string; grants?: readonly Grant[]; status?: 'active' | 'suspended' } = {},
): Promise<MemberScope> {
  const user = await aUser(database, { name: options.name ?? 'Sara Agent' })
  const grants = options.grants ?? [{ permission: '*', reach: 'all' }]
  const [memberId, roleId] = [newId('member'), newId('role')]
  const tenantId = toUuid(tenant.tenantId)
  await tenant.scope.transaction(async ({ prisma }) => {
    await prisma.member.create({ data: { tenantId, id: toUuid(memberId), ...user, status: options.status ?? 'active' } })
    await prisma.role.create({
      data: { tenantId, id: toUuid(roleId), key: roleId, name: 'Made for a test', level: 5, grants: grants.map((grant) => ({ ...grant })) },
    })
    await prisma.memberRole.create({ data: { tenantId, memberId: toUuid(memberId), roleId: toUuid(roleId) } })
  })
  await database.prisma.membership.create({ data: { userId: user.userId, tenantId, memberId: toUuid(memberId) } })
  return memberScope({ database, clock: tenant.scope.clock, tenantId: tenant.tenantId, memberId, ...user, grants })
}

function memberScope(options: {
  database: Database
  clock: Clock
  tenantId: Id<'tenant'>
  memberId: Id<'member'>
  userId: string
  name: string
  grants: readonly Grant[]
}): MemberScope {
  const { database, clock, tenantId, memberId, userId, name, grants } = options
  const actor = { kind: 'member' as const, memberId, userId, name }
  return { ...scopeOf({ database, tenantId, clock, actor, ability: abilityOf(grants, memberId) }), actor }
}
