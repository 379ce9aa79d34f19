import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid } from '#platform/ids.ts'
import { identityKey, People, type PersonContact, type PersonIdentityRow, strongestFirst } from './people.ts'
import { type AddressRow, type IdentityRow, loadAddresses, lockIdentities, lockRoots, type RootRow, type TenantClaim } from './queries.ts'
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
  const { persons, claims } = indexed(named)
  const rows = await lockIdentities(tx, claims)
  const found = await recall(tx, claims, rows)
  const known = persons.map((person) => recognise(person, found))
  const { people, owners } = await settle(tx, undecided(persons, known, found), claims, found)
  return {
    people: persons.map((person, n) => attachedTo(people, person, owners.get(person)) ?? known[n] ?? nobody(person)),
    merges: people.merges
      .filter(({ from }) => from.state !== 'new')
      .map(({ from, into }) => ({ tenantId: from.tenantId, fromId: from.id, intoId: people.rootOf(into).id })),
    moved: [...people.identities.values()].filter((row) => row.isMoved).map((row) => ({ tenantId: row.tenantId, identityId: row.id })),
  }
}

/** A person with the places of their addresses, strongest first, among all that the batch names. */
interface IndexedPerson {
  named: NamedPerson
  claims: IdentityClaim[]
  places: number[]
}

/** Each address is asked for once, however many events name it. */
function indexed(named: readonly NamedPerson[]): { persons: IndexedPerson[]; claims: TenantClaim[] } {
  const placeOf = new Map<string, number>()
  const claims: TenantClaim[] = []
  const persons = named.map((person) => {
    const own = strongestFirst(person.claims)
    const places = own.map((claim) => {
      const key = identityKey(person.tenantId, claim)
      const known = placeOf.get(key)
      if (known !== undefined) return known
      placeOf.set(key, claims.length)
      return claims.push({ tenantId: person.tenantId, key, claim }) - 1
    })
    return { named: person, claims: own, places }
  })
  return { persons, claims }
}

/** An identity that exists, and whose it is; both rows are locked. */
interface Found {
  row: IdentityRow
  contact: PersonContact
}

/** Locks the contacts of identities that are locked. @returns what was found of each claim, by its place */
async function recall(tx: SqlTx, claims: readonly TenantClaim[], rows: readonly IdentityRow[]): Promise<(Found | undefined)[]> {
  const found: (Found | undefined)[] = new Array(claims.length)
  const tenantOf = new Map<string, TenantClaim['tenantId']>()
  for (const row of rows) {
    const claim = claims[row.n - 1]
    if (claim) tenantOf.set(row.contact_id, claim.tenantId)
  }
  const contactOf = new Map<string, PersonContact>()
  const roots = new Map<string, PersonContact>()
  for (const row of await lockRoots(tx, tenantOf)) {
    const contact = roots.get(row.id) ?? personContact(row)
    roots.set(row.id, contact)
    contactOf.set(row.asked_id, contact)
  }
  for (const row of rows) {
    const contact = contactOf.get(row.contact_id)
    // Its contact's row is behind a foreign key, so it is there unless the rows lie.
    if (!contact) throw new Error(`identity ${row.id} names a contact that does not exist`)
    found[row.n - 1] = { row, contact }
  }
  return found
}

/**
 * Whom to decide about: those who are not simply known. When one of them has to do with somebody who exists, contacts may merge and
 * numbers move under the others, so then everybody is gone through in order.
 */
function undecided(
  persons: readonly IndexedPerson[],
  known: readonly (AttachedPerson | null)[],
  found: readonly (Found | undefined)[],
): readonly IndexedPerson[] {
  const doubtful = persons.filter((_, n) => !known[n])
  return doubtful.some(({ places }) => places.some((place) => found[place])) ? persons : doubtful
}

/** Decides, and writes what was decided. */
async function settle(
  tx: SqlTx,
  persons: readonly IndexedPerson[],
  claims: readonly TenantClaim[],
  found: readonly (Found | undefined)[],
): Promise<{ people: People; owners: ReadonlyMap<IndexedPerson, PersonContact> }> {
  const people = new People()
  for (const place of new Set(persons.flatMap(({ places }) => places))) {
    const [claim, known] = [claims[place], found[place]]
    if (!claim || !known) continue
    people.contacts.set(known.contact.id, known.contact)
    people.identities.set(claim.key, personIdentity(known, claim))
  }
  remember(people, await loadAddresses(tx, [...people.contacts.values()]))
  const owners = new Map(persons.map((person) => [person, people.settle(person.named)]))
  await writePeople(tx, people)
  return { people, owners }
}

function personContact(row: RootRow): PersonContact {
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

function personIdentity({ row, contact }: Found, { tenantId, claim }: TenantClaim): PersonIdentityRow {
  return {
    id: fromUuid('contactIdentity', row.id),
    tenantId,
    kind: claim.kind,
    scope: claim.scope,
    value: claim.value,
    attested: row.attested,
    username: null,
    isCalledSo: row.is_called_so,
    heldSince: null,
    contact,
    state: 'kept',
    isMoved: false,
  }
}

/**
 * Somebody about whom there is nothing to decide and nothing to write: all addresses are theirs, vouched for, and spelt as before.
 * Almost everybody, almost always.
 */
function recognise({ named, claims, places }: IndexedPerson, found: readonly (Found | undefined)[]): AttachedPerson | null {
  let contact: PersonContact | undefined
  const identityIds: AttachedPerson['identityIds'] = []
  for (const [n, place] of places.entries()) {
    const known = found[place]
    if (!known?.row.attested || !known.row.is_called_so || !claims[n]?.attested) return null
    contact ??= known.contact
    if (known.contact !== contact) return null
    identityIds.push(fromUuid('contactIdentity', known.row.id))
  }
  if (!contact || (named.name && !contact.name)) return null
  return { contactId: contact.id, isBlocked: contact.isBlocked, identityIds, hasNews: false }
}

function remember(people: People, addresses: readonly AddressRow[]): void {
  const identities = new Map([...people.identities.values()].map((row) => [row.id, row]))
  for (const { root_id, id, held_since, kind, scope, value } of addresses) {
    people.contacts.get(fromUuid('contact', root_id))?.addresses.push({ kind, scope, value })
    const identity = identities.get(fromUuid('contactIdentity', id))
    if (identity) identity.heldSince = held_since
  }
}

function attachedTo(people: People, { named, claims }: IndexedPerson, owner: PersonContact | undefined): AttachedPerson | null {
  if (!owner) return null
  const root = people.rootOf(owner)
  const rows = claims.flatMap((claim) => people.find(named.tenantId, claim) ?? [])
  const own = rows.filter((row) => people.rootOf(row.contact) === root)
  return {
    contactId: root.id,
    isBlocked: root.isBlocked,
    identityIds: own.map(({ id }) => id),
    hasNews: own.some(({ state, isMoved }) => state === 'new' || isMoved),
  }
}

function nobody({ claims }: IndexedPerson): never {
  throw new Error(`a person with ${claims.length} addresses was neither known nor decided about`)
}
