import { fromUuid, toUuid } from '#platform/ids.ts'
import type { Scope } from '#platform/scope.ts'
import type { MemberView } from './types.ts'

/** Every member of the tenant by name, suspended ones too; for pickers and for the members page. */
export async function listMembers(scope: Scope): Promise<MemberView[]> {
  return scope.transaction(async ({ prisma }) => {
    const members = await prisma.member.findMany({
      where: { tenantId: toUuid(scope.tenantId) },
      include: { roles: { include: { role: true } } },
      orderBy: [{ name: 'asc' }, { id: 'asc' }],
    })
    return members.map((member) => ({
      id: fromUuid('member', member.id),
      name: member.name,
      email: member.email,
      status: member.status === 'suspended' ? 'suspended' : 'active',
      roles: member.roles.map(({ role }) => ({ id: fromUuid('role', role.id), key: role.key, name: role.name })),
    }))
  })
}
