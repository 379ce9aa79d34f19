import type { Tx } from '#platform/db/database.ts'
import { sqlState } from '#platform/db/sql.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'

/**
 * The tenant's half of a membership: the member and their roles. Run again after a crash it completes what is there.
 * @returns null when a role key names no role of the tenant
 */
export async function insertMember(
  { prisma, tenantId }: Tx,
  input: { user: { userId: string; name: string; email: string }; roleKeys: readonly string[] },
): Promise<Id<'member'> | null> {
  const tenant = { tenantId: toUuid(tenantId) }
  const roles = await prisma.role.findMany({ where: { ...tenant, key: { in: [...input.roleKeys] } } })
  if (roles.length !== new Set(input.roleKeys).size) return null
  const { userId, name, email } = input.user
  const member = await prisma.member.upsert({
    where: { tenantId_userId: { ...tenant, userId } },
    create: { ...tenant, id: toUuid(newId('member')), userId, name, email: email.trim().toLowerCase() },
    update: {},
  })
  await prisma.memberRole.createMany({
    data: roles.map((role) => ({ ...tenant, memberId: member.id, roleId: role.id })),
    skipDuplicates: true,
  })
  return fromUuid('member', member.id)
}

/** Did the database refuse a row because its key is taken? */
export function isTaken(error: unknown): boolean {
  return sqlState(error) === '23505' || (error as { code?: unknown }).code === 'P2002'
}
