import type { IdentityKind } from '#channels/connector.ts'
import { texts, uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx } from '#platform/db/sql.ts'
import type { IdentityClaim, NamedPerson } from './types.ts'

export interface IdentityRow {
  tenant_id: string
  id: string
  contact_id: string
  kind: IdentityKind
  scope: string
  value: string
  attested: boolean
  username: string | null
  held_since: Date
}

/**
 * Locks the identities that exist among those named, in one order for everybody: the row is the mutex that makes concurrent
 * events of one person wait for each other. A plain lock, because rewriting 1,000 rows a batch to take it would cost twice.
 */
export async function lockIdentities(
  tx: SqlTx,
  claims: readonly (IdentityClaim & Pick<NamedPerson, 'tenantId'>)[],
): Promise<IdentityRow[]> {
  return tx.sql<IdentityRow>(
    `select i.tenant_id, i.id, i.contact_id, i.kind, i.scope, i.value, i.attested, i.username, i.held_since
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as w(tenant_id, kind, scope, value)
     join contact_identities i on i.tenant_id = w.tenant_id and i.kind = w.kind and i.scope = w.scope and i.value = w.value
     order by i.tenant_id, i.kind, i.scope, i.value for no key update of i`,
    [
      uuids(claims.map((claim) => claim.tenantId)),
      texts(claims.map((claim) => claim.kind)),
      texts(claims.map((claim) => claim.scope)),
      texts(claims.map((claim) => claim.value)),
    ],
    'lock_identities',
  )
}

export interface RootRow {
  tenant_id: string
  /** The contact asked about. */
  asked_id: string
  id: string
  name: string | null
  blocked: boolean
  merged_into_id: string | null
}

/**
 * Locks the merge roots of contacts, after their identities and in one order for everybody. Hardly anybody was ever merged, so roots
 * are walked to in a second query that hardly ever runs.
 * @throws Contended when a contact was merged into another while we waited for it
 */
export async function lockRoots(tx: SqlTx, contacts: readonly Pick<IdentityRow, 'tenant_id' | 'contact_id'>[]): Promise<RootRow[]> {
  if (contacts.length === 0) return []
  const distinct = [...new Map(contacts.map((contact) => [contact.contact_id, contact])).values()]
  const rows = await tx.sql<RootRow>(
    `select c.id as asked_id, c.tenant_id, c.id, c.name, c.blocked, c.merged_into_id
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id) join contacts c on c.tenant_id = w.tenant_id and c.id = w.id
     order by c.tenant_id, c.id for no key update of c`,
    [uuids(distinct.map((contact) => contact.tenant_id)), uuids(distinct.map((contact) => contact.contact_id))],
    'lock_contacts',
  )
  const merged = rows.filter((row) => row.merged_into_id !== null)
  return [...rows.filter((row) => row.merged_into_id === null), ...(await lockRootsOf(tx, merged))]
}

async function lockRootsOf(tx: SqlTx, merged: readonly RootRow[]): Promise<RootRow[]> {
  if (merged.length === 0) return []
  const rows = await tx.sql<RootRow>(
    `with recursive up as (
       select w.tenant_id, w.id as asked_id, c.id, c.merged_into_id
       from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id) join contacts c on c.tenant_id = w.tenant_id and c.id = w.id
       union all
       select u.tenant_id, u.asked_id, c.id, c.merged_into_id
       from up u join contacts c on c.tenant_id = u.tenant_id and c.id = u.merged_into_id
     )
     select u.asked_id, c.tenant_id, c.id, c.name, c.blocked, c.merged_into_id
     from up u join contacts c on c.tenant_id = u.tenant_id and c.id = u.id
     where u.merged_into_id is null order by c.tenant_id, c.id for no key update of c`,
    [uuids(merged.map((row) => row.tenant_id)), uuids(merged.map((row) => row.id))],
    'lock_roots',
  )
  if (rows.some((row) => row.merged_into_id !== null)) throw new Contended('a contact was merged meanwhile')
  return rows
}

export interface AddressRow {
  root_id: string
  kind: IdentityKind
  scope: string
  value: string
}

/** All addresses of contacts and of those merged into them; asked only when an event leaves a doubt about who is who. */
export async function loadAddresses(tx: SqlTx, roots: readonly Pick<RootRow, 'tenant_id' | 'id'>[]): Promise<AddressRow[]> {
  if (roots.length === 0) return []
  return tx.sql<AddressRow>(
    `with recursive family as (
       select w.tenant_id, w.id as root_id, w.id from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       union
       select f.tenant_id, f.root_id, c.id from family f join contacts c on c.tenant_id = f.tenant_id and c.merged_into_id = f.id
     )
     select f.root_id, i.kind, i.scope, i.value
     from family f join contact_identities i on i.tenant_id = f.tenant_id and i.contact_id = f.id`,
    [uuids(roots.map((root) => root.tenant_id)), uuids(roots.map((root) => root.id))],
    'load_addresses',
  )
}
