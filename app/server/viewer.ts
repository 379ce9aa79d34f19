import { tenantsOfUser } from '#modules/members/index.ts'
import type { Scope } from '#platform/scope.ts'
import type { AppContext } from '../context.ts'
import { refuse } from '../http/respond.ts'

/** What screens need to know of the person before them. What they may do is for showing; every action asks again. */
export async function viewerOf(scope: Scope, { database }: AppContext) {
  const { actor, ability, tenantId } = scope
  if (actor.kind !== 'member') refuse('not_allowed')
  const tenants = await tenantsOfUser(database, actor.userId)
  const can = (permission: string) => ability.can(permission, 'Tenant')
  return {
    memberId: actor.memberId,
    name: actor.name,
    tenantName: tenants.find((tenant) => tenant.tenantId === tenantId)?.name ?? '',
    may: {
      send: can('messages.send'),
      sendTemplate: can('messages.send_template'),
      assign: can('conversations.assign'),
      resolve: can('conversations.resolve'),
      reopen: can('conversations.reopen'),
    },
  }
}
