import { LIMITS } from '#platform/limits.ts'
import { canonicalPhone, phoneDigits } from '#platform/phones.ts'
import type { Person, PersonIdentity } from '../connector.ts'
import { type Fields, fields, id, items, text } from './read.ts'

/** What an item says of one person: each part may be missing, empty or (a phone's) a BSUID instead (section 9). */
export interface Names {
  waId?: unknown
  userId?: unknown
  parentUserId?: unknown
}

/** `US.13491208655302741918`; `US.ENT.…` is the form that a managed business's portfolios share. */
const BSUID = /^[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}$/

/**
 * The person an item is about: its own names joined with the contact entry that belongs to it. No identities at all when
 * the item names nobody, which is for the caller to notice.
 */
export function personOf(names: Names, contacts: ContactBook): Person {
  const contact = contacts.entryOf(names)
  const profile = fields(contact.profile)
  return {
    identities: identitiesOf(namesOf(contact), names),
    name: text(profile.name, LIMITS.nameChars),
    username: text(profile.username, LIMITS.nameChars)?.replace(/^@/, ''),
  }
}

/**
 * Every identity the names give, strongest first: BSUID, then wa_id, then the phone number the wa_id stands for. The parent
 * BSUID counts only where the person's own is missing; a value of no known form is kept when there is nothing better, but
 * unattested.
 */
export function identitiesOf(...names: readonly Names[]): PersonIdentity[] {
  const given = names.flatMap(({ waId }) => waIdOf(waId) ?? [])
  const userIds = unique([...names.flatMap(({ userId }) => id(userId) ?? []), ...given.filter((waId) => BSUID.test(waId))])
  const parents = userIds.length > 0 ? [] : unique(names.flatMap(({ parentUserId }) => id(parentUserId) ?? []))
  const waIds = unique(given.filter((waId) => !userIds.includes(waId)))
  const numbers = waIds.filter((waId) => phoneDigits(waId) !== null)
  const known: PersonIdentity[] = [
    ...[...userIds, ...parents].map((value) => attested('bsuid', 'portfolio', value)),
    ...numbers.map((value) => attested('wa_id', 'tenant', value)),
    ...unique(numbers.flatMap((value) => canonicalPhone(value) ?? [])).map((value) => attested('phone', 'tenant', value)),
  ]
  return known.length > 0 ? known : waIds.map((value) => ({ ...attested('wa_id', 'tenant', value), attested: false }))
}

/** Digits without `+`, as Meta writes them; or the text as it came, which may be a BSUID. */
function waIdOf(value: unknown): string | undefined {
  const name = id(value)
  return name === undefined ? undefined : (phoneDigits(name) ?? name)
}

function attested(kind: PersonIdentity['kind'], scope: PersonIdentity['scope'], value: string): PersonIdentity {
  return { kind, scope, value, attested: true }
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)]
}

function namesOf(contact: Fields): Names {
  return { waId: contact.wa_id, userId: contact.user_id, parentUserId: contact.parent_user_id }
}

export function isSameIdentity(one: PersonIdentity, other: PersonIdentity): boolean {
  return one.kind === other.kind && one.value === other.value
}

/** The `contacts[]` of a webhook, found by any of a person's names. */
export interface ContactBook {
  /** The entry that belongs to whoever is named so, or one without members. */
  entryOf(names: Names): Fields
}

/**
 * Indexed once, because a webhook may carry a thousand messages beside a thousand contacts; by canonical number only when
 * the names as they stand find nobody, because that is the dear part of reading a webhook. An only entry is taken for an
 * item that names nobody itself; it is never taken against the item's own word, since that would tie two people together.
 */
export function contactBook(value: Fields): ContactBook {
  const entries = items(value.contacts).map(fields)
  const byKey = indexBy(entries, keysOf)
  const only = entries.length === 1 ? entries[0] : undefined
  let byPhone: ReadonlyMap<string, Fields> | undefined
  return {
    entryOf(names) {
      const keys = keysOf(names)
      const match = keys.map((key) => byKey.get(key)).find((entry) => entry !== undefined)
      if (match) return match
      if (keys.length === 0) return only ?? {}
      if (entries.length === 0) return {}
      byPhone ??= indexBy(entries, phonesOf)
      const [phone = ''] = phonesOf(names)
      return byPhone.get(phone) ?? {}
    },
  }
}

function indexBy(entries: readonly Fields[], keys: (names: Names) => readonly string[]): ReadonlyMap<string, Fields> {
  const index = new Map<string, Fields>()
  for (const entry of entries) for (const key of keys(namesOf(entry))) if (!index.has(key)) index.set(key, entry)
  return index
}

/** What two mentions of one person have in common as they stand; a value of no known form has nothing in common. */
function keysOf({ waId, userId }: Names): string[] {
  const number = waIdOf(waId) ?? ''
  const isName = BSUID.test(number) || phoneDigits(number) !== null
  return [isName ? number : undefined, id(userId)].filter((key) => key !== undefined)
}

/** Both spellings of a number give the same one. */
function phonesOf({ waId }: Names): string[] {
  const phone = canonicalPhone(waIdOf(waId) ?? '')
  return phone === null ? [] : [phone]
}
