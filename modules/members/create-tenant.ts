import type { Clock } from '#platform/clock.ts'
import type { Database, Tx } from '#platform/db/database.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { DEFAULT_ROLES } from './default-roles.ts'
import { insertMember, isTaken } from './insert-member.ts'

export interface CreateTenant {
  name: string
  /** Lower case letters, digits and hyphens; the workspace's name in addresses. */
  slug: string
  locale?: string
  timeZone?: string
  /** Can sign in already (`createUser`); becomes the first Admin. */
  admin: { userId: string; name: string; email: string }
  conversationSlot?: 'all' | 'account'
}

/**
 * Makes a tenant with its settings, default roles and first Admin.
 *
 * The tenant's own rows come first and the directory's last, in one transaction of their own: nobody can reach a tenant
 * before all of it is there, and what a crash in between leaves behind belongs to an id that nothing names.
 * @returns `already_exists` when the slug is taken
 */
export async function createTenant(
  database: Database,
  clock: Clock,
  input: CreateTenant,
): Promise<Result<{ tenantId: Id<'tenant'>; memberId: Id<'member'> }, 'already_exists'>> {
  if (await database.prisma.tenant.findUnique({ where: { slug: input.slug } })) return fail('already_exists')
  const tenantId = newId('tenant')
  const memberId = await database.tenantTransaction(tenantId, clock, async (tx) => {
    await insertSettingsAndRoles(tx, input)
    return insertMember(tx, { user: input.admin, roleKeys: ['admin'] })
  })
  if (!memberId) throw new Error('the default roles have no Admin')
  try {
    await database.prisma.tenant.create({
      data: {
        id: toUuid(tenantId),
        slug: input.slug,
        name: input.name,
        locale: input.locale ?? 'en',
        timeZone: input.timeZone ?? 'UTC',
        memberships: { create: { userId: input.admin.userId, memberId: toUuid(memberId) } },
      },
    })
  } catch (error) {
    if (!isTaken(error)) throw error
    await database.tenantTransaction(tenantId, clock, removeTenantRows)
    return fail('already_exists')
  }
  return ok({ tenantId, memberId })
}

async function insertSettingsAndRoles({ prisma, tenantId }: Tx, input: CreateTenant): Promise<void> {
  const tenant = { tenantId: toUuid(tenantId) }
  await prisma.tenantSettings.create({ data: { ...tenant, conversationSlot: input.conversationSlot ?? 'all' } })
  await prisma.role.createMany({
    data: DEFAULT_ROLES.map(({ key, name, level, grants }) => ({
      ...tenant,
      id: toUuid(newId('role')),
      key,
      name,
      level,
      grants: grants.map((grant) => ({ ...grant })),
    })),
  })
}

async function removeTenantRows({ prisma, tenantId }: Tx): Promise<void> {
  const where = { tenantId: toUuid(tenantId) }
  await prisma.member.deleteMany({ where })
  await prisma.role.deleteMany({ where })
  await prisma.tenantSettings.deleteMany({ where })
}
