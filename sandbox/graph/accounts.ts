import { GraphError } from '../whatsapp/errors.ts'
import { handshake } from '../whatsapp/poster.ts'
import type { Provider } from '../whatsapp/provider.ts'
import type { BusinessNumber } from '../whatsapp/types.ts'
import { accountFor, type GraphApp, type GraphContext, requestFields } from './edge.ts'

/** Subscriptions and phone numbers of a business account. */
export function accountRoutes(app: GraphApp, provider: Provider): void {
  app.get('/:version/:id/phone_numbers', (c) => {
    const { numbers } = accountFor(provider, c)
    return c.json({ data: numbers.map((number) => numberAnswer(number, c)), paging: { cursors: { before: 'MQ', after: 'MQ' } } })
  })
  app.get('/:version/:id/subscribed_apps', (c) => {
    const { numbers } = accountFor(provider, c)
    const override = numbers.find((number) => number.webhookUrl !== null)?.webhookUrl
    const app = {
      whatsapp_business_api_data: {
        id: '670843887433847',
        link: 'https://www.facebook.com/games/?app_id=670843887433847',
        name: 'Sandbox app',
      },
    }
    return c.json({
      data: numbers.some((number) => number.subscribed) ? [{ ...app, ...(override ? { override_callback_uri: override } : {}) }] : [],
    })
  })
  app.post('/:version/:id/subscribed_apps', async (c) => {
    const { numbers } = accountFor(provider, c)
    const request = await requestFields(c)
    const callback = request.optionalText('override_callback_uri', { max: 2048 }) ?? null
    if (callback !== null) await proveCallback(callback, request.text('verify_token', { max: 512 }))
    for (const number of numbers) await saveNumber(provider, { ...number, subscribed: true, webhookUrl: callback })
    return c.json({ success: true })
  })
  app.delete('/:version/:id/subscribed_apps', async (c) => {
    for (const number of accountFor(provider, c).numbers) await saveNumber(provider, { ...number, subscribed: false })
    return c.json({ success: true })
  })
}

/** What `GET /<PNID>` and `POST /<PNID>` (a callback of the number's own) do. */
export async function answerNumber(provider: Provider, c: GraphContext, number: BusinessNumber): Promise<Response> {
  if (c.req.method === 'GET') return c.json(numberAnswer(number, c))
  const configuration = (await requestFields(c)).only('webhook_configuration').object('webhook_configuration')
  const callback = configuration.text('override_callback_uri', { max: 2048, min: 0 })
  if (callback !== '') await proveCallback(callback, configuration.text('verify_token', { max: 512 }))
  await saveNumber(provider, { ...number, webhookUrl: callback === '' ? null : callback })
  return c.json({ success: true })
}

export function answerAccount(c: GraphContext, account: { wabaId: string; numbers: BusinessNumber[] }): Response {
  const fields: Record<string, unknown> = {
    id: account.wabaId,
    name: account.numbers[0]?.name ?? 'Sandbox business',
    currency: 'USD',
    timezone_id: '1',
    account_review_status: 'APPROVED',
    message_template_namespace: 'ba30dd89_2ebd_41e4_b805_f2c05ae04cc9',
  }
  return c.json(pick(fields, c, ['id', 'name', 'timezone_id', 'message_template_namespace']))
}

async function proveCallback(url: string, verifyToken: string): Promise<void> {
  const problem = URL.canParse(url) ? await handshake(url, verifyToken) : 'The address is not a URL.'
  if (problem !== null) {
    const message = `(#2200) Callback verification failed with the following errors: ${problem}`
    throw new GraphError(2200, undefined, { status: 400, message })
  }
}

function saveNumber(provider: Provider, number: BusinessNumber): Promise<void> {
  return provider.ledger.record({ t: 'number', number })
}

function numberAnswer(number: BusinessNumber, c: GraphContext): Record<string, unknown> {
  const perSecond = number.messagesPerSecond
  const fields: Record<string, unknown> = {
    verified_name: number.name,
    code_verification_status: 'VERIFIED',
    display_phone_number: number.displayNumber,
    quality_rating: 'GREEN',
    platform_type: 'CLOUD_API',
    throughput: { level: perSecond === null || perSecond > 80 ? 'HIGH' : 'STANDARD' },
    name_status: 'APPROVED',
    account_mode: 'LIVE',
    status: 'CONNECTED',
    whatsapp_business_manager_messaging_limit: 'TIER_2K',
    webhook_configuration: number.webhookUrl === null ? {} : { phone_number: number.webhookUrl },
    id: number.phoneNumberId,
  }
  const usual = ['verified_name', 'code_verification_status', 'display_phone_number', 'quality_rating', 'platform_type', 'throughput', 'id']
  return pick(fields, c, usual)
}

/** The fields that were asked for, or the usual ones; the id always. */
function pick(fields: Record<string, unknown>, c: GraphContext, usual: readonly string[]): Record<string, unknown> {
  const asked =
    c.req
      .query('fields')
      ?.split(',')
      .map((field) => field.trim()) ?? usual
  return Object.fromEntries([...new Set([...asked, 'id'])].filter((name) => name in fields).map((name) => [name, fields[name]]))
}
