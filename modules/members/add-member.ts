import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { insertMember, isTaken } from './insert-member.ts'

export interface AddMember {
  tenantId: Id<'tenant'>
  user: { userId: string; name: string; email: string }
  roleKeys: readonly string[]
}

/**
 * Adds a user to a tenant; the operator's way (CLI, seed). The member comes first and the membership last, so that nobody
 * enters before their roles are there; running it again after a crash completes it.
 * @returns `not_found` for an unknown tenant, `already_exists` when the user belongs to it, `invalid_input` for an unknown role
 */
export async function addMember(
  database: Database,
  clock: Clock,
  input: AddMember,
): Promise<Result<{ memberId: Id<'member'> }, 'not_found' | 'already_exists' | 'invalid_input'>> {
  const { tenantId, user, roleKeys } = input
  const key = { userId: user.userId, tenantId: toUuid(tenantId) }
  if (!(await database.prisma.tenant.findUnique({ where: { id: key.tenantId } }))) return fail('not_found')
  if (await database.prisma.membership.findUnique({ where: { userId_tenantId: key } })) return fail('already_exists')
  const memberId = await database.tenantTransaction(tenantId, clock, (tx) => insertMember(tx, { user, roleKeys }))
  if (!memberId) return fail('invalid_input', { roleKeys })
  try {
    await database.prisma.membership.create({ data: { ...key, memberId: toUuid(memberId) } })
  } catch (error) {
    if (isTaken(error)) return fail('already_exists')
    throw error
  }
  return ok({ memberId })
}
