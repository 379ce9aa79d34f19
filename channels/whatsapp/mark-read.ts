import type { ExtraOutcome, Http } from '../connector.ts'
import { callGraph, graphUrl, postRequest, type WhatsappCredentials, type WhatsappOptions } from './graph.ts'

/** Marks a customer's message as read, and shows "typing" for up to 25 seconds, which can't be had without (section 2). */
export async function markRead(
  options: WhatsappOptions,
  mark: { from: string; externalId: string; typing: boolean },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<true>> {
  const body = {
    messaging_product: 'whatsapp',
    status: 'read',
    message_id: mark.externalId,
    ...(mark.typing && { typing_indicator: { type: 'text' } }),
  }
  const outcome = await callGraph(http, postRequest(graphUrl(options, [mark.from, 'messages']), credentials, body))
  if (outcome.kind !== 'done') return outcome
  return outcome.value.success === true ? { kind: 'done', value: true } : { kind: 'ambiguous', reason: 'the answer does not say success' }
}
