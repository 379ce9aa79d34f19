import { LIMITS } from '#platform/limits.ts'
import type { InboundEvent } from '../connector.ts'
import { type Change, unsupported } from './change.ts'
import { type Fields, fields, id, providerTime, text } from './read.ts'

/**
 * The four template fields (section 11). They share their names, and Meta was seen sending one's content under another's
 * field, so all are read alike: what is there has changed.
 */
export function parseTemplate(change: Change): InboundEvent[] {
  const { account, value, field } = change
  const at = providerTime(change.time)
  const templateExternalId = id(value.message_template_id)
  if (templateExternalId === undefined) return [unsupported(change, 'a template without an id', at)]
  return [
    {
      type: 'template',
      account,
      providerTime: at,
      templateExternalId,
      name: text(value.message_template_name, LIMITS.externalIdChars),
      language: languageOf(value.message_template_language),
      status: text(value.event, LIMITS.nameChars),
      category: text(value.new_category, LIMITS.nameChars) ?? text(value.message_template_category, LIMITS.nameChars),
      quality: text(value.new_quality_score, LIMITS.nameChars),
      reason: reasonOf(value),
      ...(field === 'message_template_components_update' && { componentsChanged: true as const }),
    },
  ]
}

/** Appears both as `en_US` and `en-US`; sending wants the first. */
function languageOf(value: unknown): string | undefined {
  return text(value, LIMITS.nameChars)?.replaceAll('-', '_')
}

/** The most telling of the places where Meta says why; `NONE` stands for nothing. */
function reasonOf(value: Fields): string | undefined {
  const { rejection_info: rejection, other_info: other } = value
  const words = [fields(rejection).reason, fields(other).description, value.reason, fields(other).title]
  return words.flatMap((word) => text(word, LIMITS.errorChars) ?? []).find((word) => word !== 'NONE')
}
