import { LIMITS } from '#platform/limits.ts'
import type { ExtraOutcome, Http } from '../connector.ts'
import { callGraph, getRequest, graphUrl, type WhatsappCredentials, type WhatsappOptions } from './graph.ts'
import { text } from './read.ts'

/** A cheap call that proves the token and the number (section 8). */
export async function probe(
  options: WhatsappOptions,
  account: { from: string },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<{ displayAddress?: string; name?: string; quality?: string }>> {
  const url = graphUrl(options, [account.from], { fields: 'display_phone_number,verified_name,quality_rating' })
  const outcome = await callGraph(http, getRequest(url, credentials))
  if (outcome.kind !== 'done') return outcome
  const number = outcome.value
  return {
    kind: 'done',
    value: {
      displayAddress: text(number.display_phone_number, LIMITS.identityChars),
      name: text(number.verified_name, LIMITS.nameChars),
      quality: text(number.quality_rating, LIMITS.nameChars),
    },
  }
}
