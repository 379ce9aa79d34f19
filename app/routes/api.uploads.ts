import type { ActionFunctionArgs } from '@remix-run/node'
import { z } from 'zod'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseQuery } from '#app/http/parse.ts'
import { parseBytes } from '#app/http/parse-bytes.ts'
import { respond } from '#app/http/respond.ts'
import { CHANNEL_KINDS } from '#channels/connector.ts'
import { storeUpload } from '#modules/files/index.ts'
import { LIMITS } from '#platform/limits.ts'

const Query = z.object({ name: z.string().max(LIMITS.urlChars), channel: z.enum(CHANNEL_KINDS) })

/** One file as the request's body, kept until a message carries it. */
export async function action({ request, context }: ActionFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'messages.send')
  const { name, channel } = parseQuery(request, Query)
  const bytes = await parseBytes(request, LIMITS.attachmentBytes)
  const { blobs, capabilitiesOf } = context.weft
  const file = { fileName: name, mimeType: request.headers.get('content-type') ?? '', bytes }
  return respond(await storeUpload(scope, file, { blobs, media: capabilitiesOf(channel).media }))
}
