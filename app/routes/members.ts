import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { respond } from '#app/http/respond.ts'
import { listMembers } from '#modules/members/index.ts'
import { ok } from '#platform/result.ts'

/** Colleagues, for the menu that assigns. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.assign')
  return respond(ok(await listMembers(scope)))
}
