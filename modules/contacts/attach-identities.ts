import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid } from '#platform/ids.ts'
import { identityKey, People, type PersonContact, type PersonIdentityRow, strongestFirst } from './people.ts'
import { type AddressRow, type IdentityRow, loadAddresses, lockIdentities, lockRoots, type RootRow } from './queries.ts'
import type { Attached, AttachedPerson, IdentityClaim, NamedPerson } from './types.ts'
import { writePeople } from './write-people.ts'

/**
 * Finds or makes the contact of each person, and attaches all addresses the events name to it. Identities are locked first and
 * sorted, then contacts: from here on nobody else decides about these people until the transaction ends.
 *
 * Two queries when everybody is known; at most nine, whatever the number of people or tenants.
 * @throws Contended when somebody else met one of these people at the same moment: the transaction runs again
 */
export async function attachIdentities(tx: SqlTx, named: readonly NamedPerson[]): Promise<Attached> {
  if (named.length === 0) return { people: [], merges: [], moved: [] }
  const persons = named.map(keyed)
  const identities = await lockIdentities(tx, distinctClaims(persons))
  const roots = await lockRoots(tx, identities)
  const people = recall(identities, roots)
  const known = persons.map((person) => recognise(people, person))
  const doubtful = persons.filter((_, n) => !known[n])
  remember(people, await loadAddresses(tx, rootsOf(people, doubtful, roots)))
  const owners = new Map(doubtful.map((person) => [person, people.settle(person.named)]))
  await writePeople(tx, people)
  return {
    people: persons.map((person, n) => known[n] ?? attachedTo(people, person, owners.get(person))),
    merges: people.merges
      .filter(({ from }) => from.state !== 'new')
      .map(({ from, into }) => ({ tenantId: from.tenantId, fromId: from.id, intoId: people.rootOf(into).id })),
    moved: [...people.identities.values()].filter((row) => row.isMoved).map((row) => ({ tenantId: row.tenantId, identityId: row.id })),
  }
}

/** A person with the keys of their addresses, strongest first: made once, asked for often. */
interface KeyedPerson {
  named: NamedPerson
  claims: IdentityClaim[]
  keys: string[]
}

function keyed(named: NamedPerson): KeyedPerson {
  const claims = strongestFirst(named.claims)
  return { named, claims, keys: claims.map((claim) => identityKey(named.tenantId, claim)) }
}

function distinctClaims(persons: readonly KeyedPerson[]): (IdentityClaim & Pick<NamedPerson, 'tenantId'>)[] {
  const claims = new Map<string, IdentityClaim & Pick<NamedPerson, 'tenantId'>>()
  for (const { named, claims: own, keys } of persons) {
    own.forEach((claim, n) => {
      const key = keys[n]
      if (key !== undefined && !claims.has(key)) claims.set(key, { ...claim, tenantId: named.tenantId })
    })
  }
  return [...claims.values()]
}

function recall(identities: readonly IdentityRow[], roots: readonly RootRow[]): People {
  const people = new People()
  const rootOfAsked = new Map<string, PersonContact>()
  for (const row of roots) {
    const id = fromUuid('contact', row.id)
    const contact = people.contacts.get(id) ?? contactOf(row)
    people.contacts.set(id, contact)
    rootOfAsked.set(row.asked_id, contact)
  }
  for (const row of identities) {
    const contact = rootOfAsked.get(row.contact_id)
    // Its contact's row is behind a foreign key, so it is there unless the rows lie.
    if (!contact) throw new Error(`identity ${row.id} names a contact that does not exist`)
    const identity = identityOf(row, contact)
    people.identities.set(identityKey(identity.tenantId, identity), identity)
  }
  return people
}

function contactOf(row: RootRow): PersonContact {
  return {
    id: fromUuid('contact', row.id),
    tenantId: fromUuid('tenant', row.tenant_id),
    name: row.name,
    isBlocked: row.blocked,
    addresses: [],
    mergedInto: null,
    state: 'kept',
  }
}

function identityOf(row: IdentityRow, contact: PersonContact): PersonIdentityRow {
  return {
    id: fromUuid('contactIdentity', row.id),
    tenantId: contact.tenantId,
    kind: row.kind,
    scope: row.scope,
    value: row.value,
    attested: row.attested,
    username: row.username,
    heldSince: row.held_since,
    contact,
    state: 'kept',
    isMoved: false,
  }
}

/**
 * Somebody about whom there is nothing to decide and nothing to write: all addresses are theirs, vouched for, and spelt as before.
 * Almost everybody, almost always.
 */
function recognise(people: People, { named, claims, keys }: KeyedPerson): AttachedPerson | null {
  const rows: PersonIdentityRow[] = []
  for (const [n, key] of keys.entries()) {
    const row = people.identities.get(key)
    const claim = claims[n]
    if (!row?.attested || !claim?.attested || row.contact !== (rows[0] ?? row).contact) return null
    if (claim.username !== undefined && claim.username !== row.username) return null
    rows.push(row)
  }
  const contact = rows[0]?.contact
  if (!contact || (named.name && !contact.name)) return null
  return { contactId: contact.id, isBlocked: contact.isBlocked, identityIds: rows.map(({ id }) => id) }
}

function rootsOf(people: People, persons: readonly KeyedPerson[], roots: readonly RootRow[]): RootRow[] {
  const asked = new Set(persons.flatMap(({ keys }) => keys.map((key) => people.identities.get(key)?.contact.id)))
  const distinct = new Map(roots.map((row) => [row.id, row]))
  return [...distinct.values()].filter((row) => asked.has(fromUuid('contact', row.id)))
}

function remember(people: People, addresses: readonly AddressRow[]): void {
  for (const { root_id, kind, scope, value } of addresses)
    people.contacts.get(fromUuid('contact', root_id))?.addresses.push({ kind, scope, value })
}

function attachedTo(people: People, { keys }: KeyedPerson, owner: PersonContact | undefined): AttachedPerson {
  if (!owner) throw new Error('a person was not settled')
  const root = people.rootOf(owner)
  const rows = keys.flatMap((key) => people.identities.get(key) ?? [])
  const own = rows.filter((row) => people.rootOf(row.contact) === root)
  return { contactId: root.id, isBlocked: root.isBlocked, identityIds: own.map(({ id }) => id) }
}
