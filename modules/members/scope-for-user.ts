import { type AppAbility, abilityOf, Grant } from '#platform/authority.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import type { TenantOfUser } from './types.ts'

/**
 * The scope of a signed-in user in one of their tenants, read anew for every request: a role taken away is gone at once.
 * @returns null when the user does not belong there, or the member or the tenant is suspended
 */
export async function scopeForUser(database: Database, clock: Clock, userId: string, tenantId: Id<'tenant'>): Promise<Scope | null> {
  const found = await database.tenantRead(tenantId, clock, async (tx) => {
    const [membership] = await tx.sql<{ member_id: string; name: string }>(
      `select p.member_id, m.name
       from memberships p
       join tenants t on t.id = p.tenant_id and t.status = 'active'
       join members m on m.tenant_id = p.tenant_id and m.id = p.member_id
       where p.user_id = $1 and p.tenant_id = $2::uuid`,
      [userId, toUuid(tenantId)],
    )
    if (!membership) return null
    const memberId = fromUuid('member', membership.member_id)
    const ability = await abilityForMember(tx, tenantId, memberId)
    return ability && { memberId, name: membership.name, ability }
  })
  if (!found) return null
  const { memberId, name, ability } = found
  return scopeOf({ database, tenantId, clock, ability, actor: { kind: 'member', memberId, userId, name } })
}

/** What a member may do, of all their roles together; null when the member is unknown or suspended. */
export async function abilityForMember(tx: SqlTx, tenantId: Id<'tenant'>, memberId: Id<'member'>): Promise<AppAbility | null> {
  const rows = await tx.sql<{ grants: unknown }>(
    `select r.grants
     from members m
     left join member_roles mr on mr.tenant_id = m.tenant_id and mr.member_id = m.id
     left join roles r on r.tenant_id = mr.tenant_id and r.id = mr.role_id
     where m.tenant_id = $1::uuid and m.id = $2::uuid and m.status = 'active'`,
    [toUuid(tenantId), toUuid(memberId)],
  )
  if (rows.length === 0) return null
  return abilityOf(
    rows.flatMap((row) => (row.grants === null ? [] : Grant.array().parse(row.grants))),
    memberId,
  )
}

/** The workspaces a user may enter, oldest first. */
export async function tenantsOfUser(database: Database, userId: string): Promise<TenantOfUser[]> {
  const memberships = await database.prisma.membership.findMany({
    where: { userId, tenant: { status: 'active' } },
    include: { tenant: true },
    orderBy: [{ createdAt: 'asc' }, { tenantId: 'asc' }],
  })
  return memberships.map(({ tenant, memberId }) => ({
    tenantId: fromUuid('tenant', tenant.id),
    memberId: fromUuid('member', memberId),
    slug: tenant.slug,
    name: tenant.name,
  }))
}
