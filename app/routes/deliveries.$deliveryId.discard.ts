import type { ActionFunctionArgs } from '@remix-run/node'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseParams } from '#app/http/parse.ts'
import { respond } from '#app/http/respond.ts'
import { discardDelivery } from '#modules/deliveries/index.ts'
import { idOf } from '#platform/ids.ts'

export async function action({ request, params, context }: ActionFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'messages.send')
  const { deliveryId } = parseParams(params, { deliveryId: idOf('delivery') })
  return respond(await discardDelivery(scope, { deliveryId }))
}
