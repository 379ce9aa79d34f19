import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseParams } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { listTemplates } from '#modules/templates/index.ts'
import { idOf } from '#platform/ids.ts'

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'messages.send_template')
  const { channelAccountId } = parseParams(params, { channelAccountId: idOf('channelAccount') })
  return respond(await listTemplates(scope, { channelAccountId }))
}
