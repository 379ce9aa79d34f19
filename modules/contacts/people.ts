import type { IdentityKind } from '#channels/connector.ts'
import { type Id, newId } from '#platform/ids.ts'
import type { IdentityClaim, NamedPerson } from './types.ts'

/**
 * Who is who, decided in memory over rows that are locked (docs/decisions/0006-numbers-follow-their-owner.md):
 *
 * - All addresses an event names belong to one contact. Contacts that turn out to be halves of one person are merged: the
 *   younger points to the older.
 * - Two contacts that each have an address of which a person has only one (a BSUID of the same portfolio, a WhatsApp number) are
 *   two people. Then the strongest address decides whose event it is, and a number follows its present owner, because a reply to
 *   the former owner must not reach a stranger. A person may still tell us otherwise: a merge suggestion is left.
 * - What nobody vouches for ties nothing; it is kept, or left as a suggestion.
 */
export class People {
  readonly contacts = new Map<Id<'contact'>, PersonContact>()
  readonly identities = new Map<string, PersonIdentityRow>()
  readonly merges: { from: PersonContact; into: PersonContact }[] = []
  readonly suggestions = new Map<string, Suggestion>()

  /** Decides whose event it is. @returns the person's contact, a root */
  settle(person: NamedPerson): PersonContact {
    const claims = strongestFirst(person.claims)
    const vouched = claims.filter((claim) => claim.attested)
    // Someone nobody vouches for is still someone: then the strongest address alone says who.
    const ties = vouched.length > 0 ? vouched : claims.slice(0, 1)
    const owner = this.ownerOf(person, ties)
    for (const claim of ties) this.give(claim, owner, person)
    for (const claim of claims) if (!ties.includes(claim)) this.keepWeakSign(claim, owner, person)
    if (person.name && !owner.name) change(owner, { name: person.name })
    return owner
  }

  rootOf(contact: PersonContact): PersonContact {
    let root = contact
    while (root.mergedInto) root = root.mergedInto
    return root
  }

  find(tenantId: Id<'tenant'>, claim: IdentityClaim): PersonIdentityRow | undefined {
    return this.identities.get(identityKey(tenantId, claim))
  }

  private ownerOf(person: NamedPerson, ties: readonly IdentityClaim[]): PersonContact {
    let owner: PersonContact | null = null
    for (const [n, claim] of ties.entries()) {
      const other = this.holderOf(person.tenantId, claim)
      if (!other || other === owner) continue
      const evidence: readonly Address[] = owner && owner.addresses.length > 0 ? owner.addresses : ties.slice(0, n)
      // The provider's own word that an address which is never handed on became another settles it.
      const isStated = person.isStatement && ONE_EACH.has(claim.kind)
      if (isStated || !areTwoPeople(evidence, other.addresses)) owner = owner ? this.merge(owner, other) : other
      else {
        owner ??= this.create(person.tenantId)
        this.suggest(owner, other, 'shared_number')
      }
    }
    return owner ?? this.create(person.tenantId)
  }

  /** Whom an address speaks for: nobody, when it was only ever claimed and now somebody is vouched for. */
  private holderOf(tenantId: Id<'tenant'>, claim: IdentityClaim): PersonContact | null {
    const known = this.find(tenantId, claim)
    return known && (known.attested || !claim.attested) ? this.rootOf(known.contact) : null
  }

  private give(claim: IdentityClaim, owner: PersonContact, person: NamedPerson): void {
    const known = this.find(person.tenantId, claim)
    if (!known) {
      this.add(claim, owner, person)
      return
    }
    if (claim.username && !known.isCalledSo) change(known, { username: claim.username, isCalledSo: true })
    const holder = this.rootOf(known.contact)
    if (holder === owner) {
      if (claim.attested && !known.attested) change(known, { attested: true })
      return
    }
    const isTakenOver = claim.attested && !known.attested
    if (isTakenOver) this.suggest(owner, holder, `claimed_${claim.kind}`)
    else if (!NUMBERS.has(claim.kind) || person.at.getTime() <= (known.heldSince?.getTime() ?? 0)) return
    holder.addresses = holder.addresses.filter((address) => !isSame(address, claim))
    owner.addresses.push(claim)
    change(known, { contact: owner, heldSince: person.at, attested: claim.attested })
    known.isMoved = true
  }

  private keepWeakSign(claim: IdentityClaim, owner: PersonContact, person: NamedPerson): void {
    const known = this.find(person.tenantId, claim)
    if (!known) this.add(claim, owner, person)
    else if (this.rootOf(known.contact) !== owner) this.suggest(owner, this.rootOf(known.contact), `claimed_${claim.kind}`)
  }

  private add(claim: IdentityClaim, owner: PersonContact, person: NamedPerson): void {
    this.identities.set(identityKey(person.tenantId, claim), {
      id: newId('contactIdentity'),
      tenantId: person.tenantId,
      kind: claim.kind,
      scope: claim.scope,
      value: claim.value,
      attested: claim.attested,
      username: claim.username ?? null,
      isCalledSo: true,
      heldSince: person.at,
      contact: owner,
      state: 'new',
      isMoved: false,
    })
    owner.addresses.push(claim)
  }

  private create(tenantId: Id<'tenant'>): PersonContact {
    const contact: PersonContact = {
      id: newId('contact'),
      tenantId,
      name: null,
      isBlocked: false,
      addresses: [],
      mergedInto: null,
      state: 'new',
    }
    this.contacts.set(contact.id, contact)
    return contact
  }

  /** The older stays: it is the one people know, with its name and its assignee. */
  private merge(a: PersonContact, b: PersonContact): PersonContact {
    const [into, from] = isOlder(a, b) ? [a, b] : [b, a]
    from.mergedInto = into
    into.addresses.push(...from.addresses)
    change(into, { isBlocked: into.isBlocked || from.isBlocked, name: into.name ?? from.name })
    this.merges.push({ from, into })
    return into
  }

  private suggest(a: PersonContact, b: PersonContact, reason: string): void {
    const [one, other] = a.id < b.id ? [a, b] : [b, a]
    this.suggestions.set(`${one.id}|${other.id}|${reason}`, { one, other, reason, score: reason === 'shared_number' ? 0.5 : 0.3 })
  }
}

export interface PersonContact {
  id: Id<'contact'>
  tenantId: Id<'tenant'>
  name: string | null
  isBlocked: boolean
  addresses: Address[]
  mergedInto: PersonContact | null
  state: RowState
}

export interface PersonIdentityRow {
  id: Id<'contactIdentity'>
  tenantId: Id<'tenant'>
  kind: IdentityKind
  scope: string
  value: string
  attested: boolean
  /** What to call it from now on; null = as before. */
  username: string | null
  /** Do the claims of this batch call it what its row does? */
  isCalledSo: boolean
  /** Known of those that are in doubt. */
  heldSince: Date | null
  /** As the row says; its root is the person. */
  contact: PersonContact
  state: RowState
  isMoved: boolean
}

export interface Suggestion {
  one: PersonContact
  other: PersonContact
  reason: string
  score: number
}

/** What is to be written: a new row, nothing, or the row anew. */
export type RowState = 'new' | 'kept' | 'changed'

type Address = Pick<IdentityClaim, 'kind' | 'scope' | 'value'>

export function identityKey(tenantId: Id<'tenant'>, { kind, scope, value }: Address): string {
  return `${tenantId}|${kind}|${scope}|${value}`
}

/** Lower is stronger: what only the provider can give out, then numbers (which are handed on), then mail. */
const STRENGTH: Record<IdentityKind, number> = { bsuid: 0, psid: 1, igsid: 1, lid: 1, visitor: 2, wa_id: 3, phone: 4, email: 5 }
export function strongestFirst(claims: readonly IdentityClaim[]): IdentityClaim[] {
  return [...claims].sort((a, b) => STRENGTH[a.kind] - STRENGTH[b.kind])
}

/** A person has one of these in a scope, and providers never hand them on. Visitors are devices: people have several. */
const ONE_EACH: ReadonlySet<IdentityKind> = new Set(['bsuid', 'psid', 'igsid', 'lid'])
/** Numbers pass from one person to another. */
const NUMBERS: ReadonlySet<IdentityKind> = new Set(['wa_id', 'phone'])

/**
 * Does each side have an address of a kind that a person has only one of, and no such address in common? Numbers are compared
 * by their canonical form: the provider spells one number in two ways.
 */
function areTwoPeople(a: readonly Address[], b: readonly Address[]): boolean {
  const comparable = a.filter(({ kind }) => ONE_EACH.has(kind) || kind === 'phone')
  return comparable.some(({ kind, scope }) => {
    const isComparable = (address: Address) => address.kind === kind && address.scope === scope
    const theirs = b.filter(isComparable)
    return theirs.length > 0 && !a.filter(isComparable).some((address) => theirs.some((other) => isSame(address, other)))
  })
}

/** Rows are older than what is about to be written; among equals the id tells, which begins with the time. */
function isOlder(a: PersonContact, b: PersonContact): boolean {
  if ((a.state === 'new') !== (b.state === 'new')) return b.state === 'new'
  return a.id < b.id
}

function isSame(a: Address, b: Address): boolean {
  return a.kind === b.kind && a.scope === b.scope && a.value === b.value
}

function change<R extends { state: RowState }>(row: R, to: Partial<R>): void {
  Object.assign(row, to)
  if (row.state === 'kept') row.state = 'changed'
}
