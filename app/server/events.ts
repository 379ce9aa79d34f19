import type { AppLoadContext } from '@remix-run/node'
import { scopeForUser } from '#modules/members/index.ts'
import { requireAbility, requireScope } from '../http/demands.ts'

/**
 * The live events of one browser: whoever may see conversations gets those within their reach. The stream asks again and again
 * whether session and membership still stand, and ends when they do not.
 */
export async function eventsResponse(request: Request, context: AppLoadContext): Promise<Response> {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  const { hub, auth, database, clock } = context.weft
  const { tenantId, actor } = scope
  if (actor.kind !== 'member') return new Response(null, { status: 403 })
  const presentAbility = async () => {
    const session = await auth.sessionOf(request.headers)
    return session?.userId === actor.userId ? ((await scopeForUser(database, clock, actor.userId, tenantId))?.ability ?? null) : null
  }
  const body = hub.openStream(
    { tenantId, memberId: actor.memberId, presentAbility },
    { lastEventId: request.headers.get('last-event-id'), signal: request.signal },
  )
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      // `no-transform`, and the proxies' own word: compressing or collecting would hold frames back.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  })
}
