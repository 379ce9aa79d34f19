import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { respond } from '#app/http/respond.ts'
import { countConversations } from '#modules/conversations/index.ts'
import { ok } from '#platform/result.ts'

export async function loader({ request, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  return respond(ok(await countConversations(scope)))
}
