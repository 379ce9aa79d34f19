import type { z } from 'zod'
import type { NumberInput } from '../options.ts'
import { DEMO_TEMPLATES } from './demo-templates.ts'
import type { Provider } from './provider.ts'
import { replaceTemplates } from './templates.ts'
import type { BusinessNumber } from './types.ts'

/**
 * Registers a number, or changes the one with that id; what Graph calls set (its callback, its subscription) stays.
 * Templates are set when given, or when the account has none yet.
 */
export async function saveNumber(provider: Provider, input: z.output<typeof NumberInput>): Promise<BusinessNumber> {
  const { templates, ...settings } = input
  const before = provider.ledger.world.numbers.get(input.phoneNumberId)
  const number: BusinessNumber = {
    ...settings,
    portfolioId: input.portfolioId ?? input.wabaId,
    appSecret: input.appSecret ?? before?.appSecret ?? null,
    webhookUrl: input.webhookUrl ?? before?.webhookUrl ?? null,
    subscribed: input.subscribed ?? before?.subscribed ?? true,
    receipts: input.receipts ?? {},
  }
  await provider.ledger.record({ t: 'number', number })
  if (templates) await replaceTemplates(provider, number.wabaId, templates)
  else if (provider.ledger.world.templatesOfWaba(number.wabaId).length === 0)
    await replaceTemplates(provider, number.wabaId, DEMO_TEMPLATES)
  return number
}

/** A number as the control API shows it: without what opens doors. */
export function publicNumber(number: BusinessNumber): Omit<BusinessNumber, 'accessToken' | 'appSecret'> {
  const { accessToken: _accessToken, appSecret: _appSecret, ...rest } = number
  return rest
}
