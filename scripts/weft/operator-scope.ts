import { ANY_PERMISSION, abilityOf } from '#platform/authority.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import type { WorkerContext } from '#workers/context.ts'
import { CommandFailed } from './command.ts'

/** The operator acting in one tenant: who can run commands on this machine may do everything. */
export async function operatorScope({ database, clock }: WorkerContext, tenantId: Id<'tenant'>): Promise<Scope> {
  if (!(await database.prisma.tenant.findUnique({ where: { id: toUuid(tenantId) } })))
    throw new CommandFailed(`there is no workspace ${tenantId}`)
  const ability = abilityOf([{ permission: ANY_PERMISSION, reach: 'all' }], newId('member'))
  return scopeOf({ database, tenantId, actor: { kind: 'system', name: 'operator' }, ability, clock })
}
