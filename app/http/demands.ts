import { redirect } from '@remix-run/node'
import { scopeForUser, tenantsOfUser } from '#modules/members/index.ts'
import { type Id, isId } from '#platform/ids.ts'
import type { Scope } from '#platform/scope.ts'
import type { AppContext } from '../context.ts'
import { cookieOf } from './cookies.ts'
import { refuse } from './respond.ts'

/** Remembers which of a user's workspaces the browser shows. It chooses, it does not grant: membership is asked each time. */
export const TENANT_COOKIE = 'weft_tenant'

/** What of the application asking who somebody is takes. */
export interface DemandContext {
  weft: Pick<AppContext, 'auth' | 'database' | 'clock' | 'env'>
}

/**
 * Who and where, of a signed-in request; the first line of every loader and action that is not public.
 * Signed out: a page is sent to the login page and back, a call that asked for data gets 401.
 */
export async function requireScope(request: Request, context: DemandContext): Promise<Scope> {
  const { auth, database, clock } = context.weft
  const session = await auth.sessionOf(request.headers)
  if (!session) return sendToLogin(request)
  const tenantId = await tenantOf(request, context.weft, session.userId)
  const scope = tenantId && (await scopeForUser(database, clock, session.userId, tenantId))
  if (!scope) refuse('not_allowed', { reason: 'no_workspace' })
  return scope
}

/** May the actor do this at all? What they may do it to is for the use case to decide, row by row. */
export function requireAbility(scope: Scope, permission: string): void {
  if (!scope.ability.can(permission, 'Tenant')) refuse('not_allowed', { permission })
}

/** Said by routes that every member may use, such as their own settings; `requireScope` has already asked who they are. */
export function anyMember(_scope: Scope): void {}

/** Said by routes that anybody may use, signed in or not. A test asks every loader and action for one of these words. */
export function publicRoute(): void {}

async function tenantOf(request: Request, { env, database }: DemandContext['weft'], userId: string): Promise<Id<'tenant'> | null> {
  const tenants = await tenantsOfUser(database, userId)
  const belongs = (tenantId: unknown) => tenants.find((tenant) => isId('tenant', tenantId) && tenant.tenantId === tenantId)
  const chosen = belongs(cookieOf(request, TENANT_COOKIE)) ?? belongs(env.DEFAULT_TENANT_ID) ?? tenants[0]
  return chosen?.tenantId ?? null
}

function sendToLogin(request: Request): never {
  const wants = request.headers.get('accept') ?? ''
  if (/application\/json|text\/event-stream/.test(wants)) refuse('not_signed_in')
  const { pathname, search } = new URL(request.url)
  const back = request.method === 'GET' && pathname !== '/' ? `?next=${encodeURIComponent(pathname + search)}` : ''
  throw redirect(`/login${back}`)
}
