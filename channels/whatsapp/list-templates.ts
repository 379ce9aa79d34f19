import { LIMITS } from '#platform/limits.ts'
import type { ExtraOutcome, Http, ProviderTemplate } from '../connector.ts'
import { ownError } from './errors.ts'
import { callGraph, getRequest, graphUrl, type WhatsappCredentials, type WhatsappOptions } from './graph.ts'
import { type Fields, fields, id, items, text } from './read.ts'

const PAGE = 100
const PAGES = 100
const TEMPLATE_FIELDS = 'id,name,status,category,language,components,quality_score,rejected_reason,parameter_format'

/**
 * All templates of a business account (section 11), page by page. The pages' `next` address is not followed, only its
 * cursor: an address given by an answer would be handed the token.
 * @returns the whole list or a refusal, never a part: a sync would take the missing ones for deleted
 */
export async function listTemplates(
  options: WhatsappOptions,
  account: { businessId: string },
  credentials: WhatsappCredentials,
  http: Http,
): Promise<ExtraOutcome<ProviderTemplate[]>> {
  const templates: ProviderTemplate[] = []
  let after: string | undefined
  for (let page = 0; page < PAGES; page += 1) {
    const query = { fields: TEMPLATE_FIELDS, limit: String(PAGE), ...(after && { after }) }
    const url = graphUrl(options, [account.businessId, 'message_templates'], query)
    const outcome = await callGraph(http, getRequest(url, credentials))
    if (outcome.kind !== 'done') return outcome
    templates.push(...items(outcome.value.data).flatMap((entry) => templateOf(fields(entry))))
    const paging = fields(outcome.value.paging)
    const cursor = id(fields(paging.cursors).after)
    if (paging.next === undefined || cursor === undefined || cursor === after) return { kind: 'done', value: templates }
    after = cursor
  }
  return { kind: 'refused', error: ownError('too_many_templates', `more than ${PAGE * PAGES} templates`) }
}

function templateOf(template: Fields): ProviderTemplate[] {
  const [externalId, name, language] = [id(template.id), id(template.name), id(template.language)]
  if (externalId === undefined || name === undefined || language === undefined) return []
  const reason = text(template.rejected_reason, LIMITS.errorChars)
  return [
    {
      externalId,
      name,
      language,
      category: text(template.category, LIMITS.nameChars) ?? 'UNKNOWN',
      status: text(template.status, LIMITS.nameChars) ?? 'UNKNOWN',
      quality: text(fields(template.quality_score).score, LIMITS.nameChars),
      reason: reason === 'NONE' ? undefined : reason,
      parameterFormat: String(template.parameter_format).toUpperCase() === 'NAMED' ? 'named' : 'positional',
      components: [...items(template.components)],
    },
  ]
}
