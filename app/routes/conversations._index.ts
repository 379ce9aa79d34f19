import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseQuery } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { ListConversations, listConversations } from '#modules/conversations/index.ts'
import { ok } from '#platform/result.ts'

/** A further page of a list. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  return respond(ok(await listConversations(scope, parseQuery(request, ListConversations))))
}
