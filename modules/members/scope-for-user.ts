import type { AppAbility } from '#platform/authority.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'
import type { Scope } from '#platform/scope.ts'
import type { TenantOfUser } from './types.ts'

/** Null when the member is unknown, suspended or of another tenant. */
export async function abilityForMember(tx: SqlTx, tenantId: Id<'tenant'>, memberId: Id<'member'>): Promise<AppAbility | null> {
  throw new Error('being written')
}

/** The scope of a signed-in user in one of their tenants; null when they do not belong there (any more). */
export async function scopeForUser(database: Database, clock: Clock, userId: string, tenantId: Id<'tenant'>): Promise<Scope | null> {
  throw new Error('being written')
}

/** The workspaces a user may enter, oldest first. */
export async function tenantsOfUser(database: Database, userId: string): Promise<TenantOfUser[]> {
  throw new Error('being written')
}
