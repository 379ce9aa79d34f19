import { LIMITS } from '#platform/limits.ts'
import type { InboundEvent, Person, PersonChanged, PersonIdentity } from '../connector.ts'
import { type Change, unsupported } from './change.ts'
import { identitiesOf, isSameIdentity, type Names } from './parse-people.ts'
import { type Fields, fields, providerTime, text } from './read.ts'

const CHANGES: ReadonlyMap<unknown, PersonChanged['change']> = new Map([
  ['user_changed_number', 'number'],
  ['customer_changed_number', 'number'],
  ['user_changed_user_id', 'bsuid'],
  ['customer_identity_changed', 'identity_key'],
  ['user_identity_changed', 'identity_key'],
])

/**
 * A message of type `system`: what WhatsApp says about a person rather than the person themselves (sections 5 and 9). It
 * has no `contacts` array, and words we do not know are kept as a change of another kind.
 */
export function parseSystem(change: Change, message: Fields, externalId: string, sender: Person): InboundEvent {
  const at = providerTime(message.timestamp)
  const system = fields(message.system)
  const kind = CHANGES.get(system.type) ?? 'other'
  const body = text(system.body, LIMITS.messageTextChars)
  const nowKnownAs = kind === 'identity_key' ? [] : identitiesOf(newNames(system))
  const identities = previousIdentities(system, body, sender, nowKnownAs)
  if (identities.length === 0) return unsupported(change, `system message ${externalId} names nobody`, at)
  return {
    type: 'person_changed',
    account: change.account,
    providerTime: at,
    change: kind,
    person: { ...sender, identities },
    externalId,
    nowKnownAs,
    text: body,
  }
}

function newNames(system: Fields): Names {
  return { waId: system.wa_id, userId: system.user_id, parentUserId: system.parent_user_id }
}

/**
 * Who it was before. `from` and `from_user_id` may already carry the new names, which say nothing about that; where no old
 * name is left, the new ones are all that is known of the person.
 */
function previousIdentities(system: Fields, body: string | undefined, sender: Person, nowKnownAs: PersonIdentity[]): PersonIdentity[] {
  const told = identitiesOf({ userId: system.previous_user_id, parentUserId: system.previous_parent_user_id, waId: system.customer })
  const others = sender.identities.filter((identity) => !told.some((known) => isSameIdentity(known, identity)))
  const before = [...told, ...others].filter((identity) => !nowKnownAs.some((known) => isSameIdentity(known, identity)))
  return [before, identitiesOf(namesInSentence(body)), nowKnownAs].find((known) => known.length > 0) ?? []
}

/** Early webhooks named the old BSUID or number only in the sentence `User … changed from X to Y`. */
function namesInSentence(body = ''): Names {
  const previous = / changed from (?<previous>\S{1,140}) to \S+$/.exec(body)?.groups?.previous
  return /^(?:\d+|[A-Z]{2}\.\w+)$/.test(previous ?? '') ? { waId: previous } : {}
}
