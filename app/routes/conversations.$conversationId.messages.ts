import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseJson, parseParams, parseQuery } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { ListMessages, listMessages, SendMessage, sendMessage } from '#modules/messages/index.ts'
import { idOf } from '#platform/ids.ts'

const Params = { conversationId: idOf('conversation') }
const PageOf = ListMessages.omit({ conversationId: true })
const Written = SendMessage.omit({ conversationId: true })

/** A further page of the thread, towards its beginning. */
export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  const { conversationId } = parseParams(params, Params)
  return respond(await listMessages(scope, { conversationId, ...parseQuery(request, PageOf) }))
}

export async function action({ request, params, context }: ActionFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'messages.send')
  const { conversationId } = parseParams(params, Params)
  const written = await parseJson(request, Written)
  return respond(await sendMessage(scope, { conversationId, ...written }, context.weft.capabilitiesOf))
}
