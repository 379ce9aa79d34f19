import { pause } from '#platform/clock.ts'
import { GraphError, unknownObject } from '../whatsapp/errors.ts'
import { forgetMedia, mediaAnswer, mediaBehind, storeUpload } from '../whatsapp/media.ts'
import type { Provider } from '../whatsapp/provider.ts'
import type { StoredMedia } from '../whatsapp/types.ts'
import { answerScripted, type GraphApp, type GraphContext, numberFor, refuseStrangers, tokenOf } from './edge.ts'

/** `POST /<PNID>/media`: an upload. */
export function mediaRoutes(app: GraphApp, provider: Provider): void {
  app.post('/:version/:id/media', async (c) => {
    const number = numberFor(provider, c)
    const plan = provider.behaviours.plan({ operation: 'media', phoneNumberId: number.phoneNumberId })
    if (plan.delayMs > 0) await pause(plan.delayMs)
    if (plan.answer) return answerScripted(provider, plan.answer, c)
    const form = await c.req.parseBody().catch(() => ({}) as Record<string, string | File>)
    if (form.messaging_product !== 'whatsapp') {
      throw new GraphError(100, undefined, { message: '(#100) The parameter messaging_product is required.' })
    }
    if (!(form.file instanceof File)) throw new GraphError(100, undefined, { message: '(#100) The parameter file is required.' })
    const media = await storeUpload(provider, number.phoneNumberId, form.file)
    return c.json({ id: media.id })
  })
}

/** What `GET /<MEDIA_ID>` and `DELETE /<MEDIA_ID>` do. */
export async function answerMedia(provider: Provider, c: GraphContext, media: StoredMedia): Promise<Response> {
  refuseStrangers(provider, c)
  const owner = c.req.query('phone_number_id')
  const number = provider.ledger.world.numbers.get(media.phoneNumberId)
  if ((owner !== undefined && owner !== media.phoneNumberId) || number?.accessToken !== tokenOf(c))
    throw unknownObject(media.id, c.req.method)
  const plan = provider.behaviours.plan({ operation: 'media', phoneNumberId: media.phoneNumberId })
  if (plan.delayMs > 0) await pause(plan.delayMs)
  if (plan.answer) return answerScripted(provider, plan.answer, c)
  if (c.req.method === 'GET') return c.json(mediaAnswer(provider, media, new URL(c.req.url).origin))
  await forgetMedia(provider, media.id)
  return c.json({ success: true })
}

/** The download address: 401 without the token, 404 when its five minutes are over (ask for the id again). */
export async function downloadMedia(provider: Provider, c: GraphContext): Promise<Response> {
  const token = tokenOf(c)
  const media = mediaBehind(provider, c.req.query())
  const number = media && provider.ledger.world.numbers.get(media.phoneNumberId)
  if (token === undefined) return c.body(null, 401)
  if (!media || number?.accessToken !== token) return c.body(null, 404)
  const bytes = await provider.files.get(media.id)
  if (!bytes) return c.body(null, 404)
  return c.body(bytes as Uint8Array<ArrayBuffer>, 200, { 'content-type': media.mimeType, 'content-length': String(bytes.byteLength) })
}
