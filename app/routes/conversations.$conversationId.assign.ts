import type { ActionFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseJson, parseParams } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { AssignConversation, assignConversation } from '#modules/conversations/index.ts'
import { idOf } from '#platform/ids.ts'

export async function action({ request, params, context }: ActionFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.assign')
  const { conversationId } = parseParams(params, { conversationId: idOf('conversation') })
  return respond(
    await assignConversation(scope, { conversationId, ...(await parseJson(request, AssignConversation.omit({ conversationId: true }))) }),
  )
}
