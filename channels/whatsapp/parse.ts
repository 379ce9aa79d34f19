import { LIMITS } from '#platform/limits.ts'
import { phoneDigits } from '#platform/phones.ts'
import { type AccountAddress, type InboundEvent, type RawRequest, UnparsableBody } from '../connector.ts'
import { type Change, each, unsupported } from './change.ts'
import { parseJson } from './json.ts'
import { ACCOUNT_PARSERS } from './parse-account.ts'
import { parseHistory } from './parse-history.ts'
import { parseEchoes, parseMessages } from './parse-messages.ts'
import { parsePreferences, parseUserIdUpdates } from './parse-people-fields.ts'
import { parseTemplate } from './parse-templates.ts'
import { type Fields, fields, id, items, text } from './read.ts'

type FieldParser = (change: Change) => InboundEvent[]

/** Known and left: nothing in the product takes them yet, and the raw webhook keeps them for the day it does. */
const left =
  (reason: string): FieldParser =>
  (change) => [unsupported(change, reason)]

const FIELD_PARSERS: ReadonlyMap<string, FieldParser> = new Map<string, FieldParser>([
  ['messages', parseMessages],
  ['smb_message_echoes', parseEchoes],
  ['history', parseHistory],
  ['user_preferences', parsePreferences],
  ['user_id_update', parseUserIdUpdates],
  ['message_template_status_update', parseTemplate],
  ['message_template_quality_update', parseTemplate],
  ['message_template_components_update', parseTemplate],
  ['template_category_update', parseTemplate],
  ...ACCOUNT_PARSERS,
  ['calls', left('calls are not taken here')],
  ['smb_app_state_sync', left('the phone app’s address book is not imported')],
  ['group_lifecycle_update', left('groups are not managed here')],
  ['group_participants_update', left('groups are not managed here')],
  ['group_settings_update', left('groups are not managed here')],
  ['group_status_update', left('groups are not managed here')],
])

/**
 * A webhook body becomes events (sections 4 and 5): several entries, several changes in each, several items in each of
 * those, every one on its own. Pure and total; what can't be understood becomes `unsupported` and costs nothing beside it.
 * @throws UnparsableBody when it is not a WhatsApp webhook at all, or would become more events than any real one
 */
export function parseWebhook(request: RawRequest): InboundEvent[] {
  const body = fields(parseJson(request.body))
  if (body.object !== 'whatsapp_business_account') throw new UnparsableBody('not a whatsapp_business_account object')
  if (!Array.isArray(body.entry)) throw new UnparsableBody('no entry list')
  const events: InboundEvent[] = []
  for (const change of body.entry.flatMap((entry) => changesOf(fields(entry)))) {
    for (const event of parseChange(change)) events.push(event)
    if (events.length > LIMITS.eventsPerWebhook) throw new UnparsableBody(`more than ${LIMITS.eventsPerWebhook} events`)
  }
  return events
}

/** An entry without changes still becomes one, which nothing will be found in, so that it is told rather than lost. */
function changesOf(entry: Fields): Change[] {
  const changes = items(entry.changes)
  return (changes.length > 0 ? changes : [undefined]).map((element) => {
    const change = fields(element)
    const value = fields(change.value)
    return { account: accountOf(entry, value), field: text(change.field, LIMITS.nameChars) ?? '', value, time: entry.time }
  })
}

/** Account fields carry no `metadata`; some name the number by what it displays, some only the business account. */
function accountOf(entry: Fields, value: Fields): AccountAddress {
  const metadata = fields(value.metadata)
  const display = id(metadata.display_phone_number) ?? id(value.display_phone_number)
  return {
    channel: 'whatsapp',
    address: id(metadata.phone_number_id) ?? '',
    businessId: id(entry.id),
    displayAddress: display === undefined ? undefined : (phoneDigits(display) ?? display),
  }
}

function parseChange(change: Change): InboundEvent[] {
  const parser = FIELD_PARSERS.get(change.field)
  if (!parser) return [unsupported(change, change.field === '' ? 'a change without a field' : 'a field we know nothing of')]
  const events = each(change, [change.value], () => parser(change))
  return events.length > 0 ? events : [unsupported(change, 'nothing we know in it')]
}
