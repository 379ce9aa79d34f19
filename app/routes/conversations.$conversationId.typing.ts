import type { ActionFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseParams } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { markTyping } from '#modules/conversations/index.ts'
import { idOf } from '#platform/ids.ts'

export async function action({ request, params, context }: ActionFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'messages.send')
  const { conversationId } = parseParams(params, { conversationId: idOf('conversation') })
  return respond(await markTyping(scope, { conversationId }))
}
