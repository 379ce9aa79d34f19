import { LIMITS } from '#platform/limits.ts'
import type { InboundEvent, PreferenceChanged } from '../connector.ts'
import { type Change, each, unsupported } from './change.ts'
import { contactBook, identitiesOf, personOf } from './parse-people.ts'
import { fields, id, items, providerTime, text } from './read.ts'

const PREFERENCES = ['stop', 'resume', 'signup'] as const

/** Field `user_preferences` (section 10): what marketing a person wants. Their typed words are ordinary texts, not this. */
export function parsePreferences(change: Change): InboundEvent[] {
  const contacts = contactBook(change.value)
  return each(change, items(change.value.user_preferences), (preference) => {
    const at = providerTime(preference.timestamp)
    const person = personOf({ waId: preference.wa_id, userId: preference.user_id }, contacts)
    const value = PREFERENCES.find((known) => known === preference.value)
    if (!value) return unsupported(change, `preference ${text(preference.value, LIMITS.nameChars) ?? 'missing'} is not known`, at)
    if (person.identities.length === 0) return unsupported(change, 'a preference that names nobody', at)
    const category = text(preference.category, LIMITS.nameChars) ?? 'marketing_messages'
    return { type: 'preference', account: change.account, providerTime: at, person, category, value } satisfies PreferenceChanged
  })
}

/**
 * Field `user_id_update`: a BSUID was replaced. Newer webhooks say so by a system message instead. The event has no id of
 * its own, so the two BSUIDs make one: the same replacement told twice stays one event.
 */
export function parseUserIdUpdates(change: Change): InboundEvent[] {
  const contacts = contactBook(change.value)
  return each(change, items(change.value.user_id_update), (update) => {
    const at = providerTime(update.timestamp)
    const { previous, current } = fields(update.user_id)
    const parent = fields(update.parent_user_id)
    const person = personOf({ userId: previous, parentUserId: parent.previous, waId: update.wa_id }, contacts)
    const nowKnownAs = identitiesOf({ userId: current, parentUserId: parent.current })
    if (person.identities.length === 0 || nowKnownAs.length === 0) return unsupported(change, 'a BSUID change that names nobody', at)
    const externalId = `user_id_update:${id(previous) ?? ''}:${nowKnownAs[0]?.value}`.slice(0, LIMITS.externalIdChars)
    return {
      type: 'person_changed',
      account: change.account,
      providerTime: at,
      change: 'bsuid',
      person,
      externalId,
      nowKnownAs,
      text: text(update.detail, LIMITS.messageTextChars),
    }
  })
}
