import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid } from '#platform/ids.ts'
import { identityKey, People, type PersonContact, strongestFirst } from './people.ts'
import { type AddressRow, type IdentityRow, loadAddresses, lockIdentities, lockRoots, type RootRow } from './queries.ts'
import type { Attached, NamedPerson } from './types.ts'
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
  const identities = await lockIdentities(tx, named)
  const roots = await lockRoots(tx, identities)
  const people = recall(identities, roots)
  const doubtful = named.filter((person) => isDoubtful(people, person))
  remember(people, await loadAddresses(tx, rootsOf(people, doubtful, roots)))
  const owners = named.map((person) => people.settle(person))
  await writePeople(tx, people)
  return {
    people: named.map((person, n) => attachedTo(people, person, owners[n])),
    merges: people.merges
      .filter(({ from }) => from.state !== 'new')
      .map(({ from, into }) => ({ tenantId: from.tenantId, fromId: from.id, intoId: people.rootOf(into).id })),
    moved: [...people.identities.values()].filter((row) => row.isMoved).map((row) => ({ tenantId: row.tenantId, identityId: row.id })),
  }
}

function recall(identities: readonly IdentityRow[], roots: readonly RootRow[]): People {
  const people = new People()
  const rootOfAsked = new Map<string, PersonContact>()
  for (const row of roots) {
    const id = fromUuid('contact', row.id)
    const contact = people.contacts.get(id) ?? {
      id,
      tenantId: fromUuid('tenant', row.tenant_id),
      name: row.name,
      isBlocked: row.blocked,
      addresses: [],
      mergedInto: null,
      state: 'kept',
    }
    people.contacts.set(id, contact)
    rootOfAsked.set(row.asked_id, contact)
  }
  for (const row of identities) {
    const contact = rootOfAsked.get(row.contact_id)
    // Its contact's row is behind a foreign key, so it is there unless the rows lie.
    if (!contact) throw new Error(`identity ${row.id} names a contact that does not exist`)
    const tenantId = fromUuid('tenant', row.tenant_id)
    const { kind, scope, value, attested, username } = row
    const id = fromUuid('contactIdentity', row.id)
    const known = { id, tenantId, kind, scope, value, attested, username, heldSince: row.held_since, contact, isMoved: false }
    people.identities.set(identityKey(tenantId, row), { ...known, state: 'kept' })
  }
  return people
}

/** Is there anything to decide: an address nobody has, one that is only claimed, or addresses of several contacts? */
function isDoubtful(people: People, person: NamedPerson): boolean {
  const rows = person.claims.map((claim) => people.find(person.tenantId, claim))
  const [first] = rows
  return rows.some((row, n) => !row?.attested || !person.claims[n]?.attested || row.contact !== first?.contact)
}

function rootsOf(people: People, persons: readonly NamedPerson[], roots: readonly RootRow[]): RootRow[] {
  const asked = new Set(persons.flatMap((person) => person.claims.map((claim) => people.find(person.tenantId, claim)?.contact.id)))
  const distinct = new Map(roots.map((row) => [row.id, row]))
  return [...distinct.values()].filter((row) => asked.has(fromUuid('contact', row.id)))
}

function remember(people: People, addresses: readonly AddressRow[]): void {
  for (const { root_id, kind, scope, value } of addresses)
    people.contacts.get(fromUuid('contact', root_id))?.addresses.push({ kind, scope, value })
}

function attachedTo(people: People, person: NamedPerson, owner: PersonContact | undefined): Attached['people'][number] {
  if (!owner) throw new Error('a person was not settled')
  const root = people.rootOf(owner)
  const rows = strongestFirst(person.claims).map((claim) => people.find(person.tenantId, claim))
  const own = rows.filter((row) => row !== undefined && people.rootOf(row.contact) === root)
  return { contactId: root.id, isBlocked: root.isBlocked, identityIds: own.flatMap((row) => (row ? [row.id] : [])) }
}
