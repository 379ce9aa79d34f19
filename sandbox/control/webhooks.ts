import type { Hono } from 'hono'
import { z } from 'zod'
import { checkBody, notFound } from '../problems.ts'
import { type Provider, postWebhooks } from '../whatsapp/provider.ts'
import { tell } from '../whatsapp/receipts.ts'
import { signatureOf } from '../whatsapp/sign.ts'

const Receipts = z.strictObject({
  receipts: z
    .array(
      z.strictObject({
        wamid: z.string(),
        status: z.enum(['sent', 'delivered', 'read', 'played', 'failed']),
        code: z.number().int().optional(),
        at: z.iso.datetime().optional(),
        copies: z.number().int().min(1).max(20).default(1),
      }),
    )
    .min(1)
    .max(1_000),
})

const Updates = z.strictObject({
  wabaId: z.string(),
  phoneNumberId: z.string().nullable().default(null),
  /** Seconds, as account-level fields carry it. */
  time: z.number().int().optional(),
  changes: z
    .array(z.strictObject({ field: z.string().min(1), value: z.record(z.string(), z.unknown()) }))
    .min(1)
    .max(1_000),
})

const RawRequest = z.strictObject({
  body: z.string().max(4_000_000),
  /** `bad`: right form, wrong key. */
  signature: z.enum(['good', 'bad', 'none']).default('good'),
  headers: z.record(z.string(), z.string()).default({}),
  url: z.url().optional(),
})

/** Webhooks by hand: any receipt, any field, any bytes. */
export function webhookRoutes(app: Hono, provider: Provider): void {
  app.post('/receipts', async (c) => {
    const { receipts } = await checkBody(c, Receipts)
    for (const { wamid, status, code, at, copies } of receipts) {
      const message = provider.ledger.world.messages.get(wamid)
      if (message?.direction !== 'outbound') throw notFound(`The business sent no message ${wamid}.`)
      if (code !== undefined) await provider.ledger.record({ t: 'message_changed', wamid, change: { errorCode: code } })
      await tell(provider, message, status, { copies, again: true, atMs: at === undefined ? undefined : Date.parse(at) })
    }
    return c.json({ posted: receipts.length }, 201)
  })
  app.post('/updates', async (c) => {
    const { wabaId, phoneNumberId, time, changes } = await checkBody(c, Updates)
    const entries = [{ id: wabaId, ...(time === undefined ? {} : { time }), changes }]
    const items = changes.map((change) => `field:${change.field}`)
    const webhookIds = await postWebhooks(provider, [{ wabaId, phoneNumberId, entries, items }])
    return c.json({ webhookIds }, 201)
  })
  /** One request, once, whatever is in it; answers what came back. */
  app.post('/raw', async (c) => {
    const { body, signature, headers, url } = await checkBody(c, RawRequest)
    const secret = signature === 'bad' ? `not ${provider.app.appSecret}` : provider.app.appSecret
    const signed: Record<string, string> = signature === 'none' ? {} : { 'x-hub-signature-256': signatureOf(body, secret) }
    const answer = await fetch(url ?? provider.app.webhookUrl, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...signed, ...headers },
      signal: AbortSignal.timeout(30_000),
    }).catch(() => undefined)
    return c.json({ status: answer?.status ?? 0, body: (await answer?.text()) ?? '' })
  })
}
