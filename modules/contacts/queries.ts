import type { IdentityKind } from '#channels/connector.ts'
import { texts, uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'
import type { IdentityClaim } from './types.ts'

/** One address that events of a tenant name. */
export interface TenantClaim {
  tenantId: Id<'tenant'>
  key: string
  claim: IdentityClaim
}

export interface IdentityRow {
  /** Which claim it answers, from 1. */
  n: number
  id: string
  contact_id: string
  attested: boolean
  /** Is it called as the claim calls it, or does the claim call it nothing? */
  is_called_so: boolean
}

/**
 * Locks the identities that exist among those named, in one order for everybody: the row is the mutex that makes concurrent
 * events of one person wait for each other. A plain lock, because rewriting 1,000 rows a batch to take it would cost twice; and of
 * the row no more than decides almost every case.
 */
export async function lockIdentities(tx: SqlTx, claims: readonly TenantClaim[]): Promise<IdentityRow[]> {
  return tx.sql<IdentityRow>(
    `select w.n::int as n, i.id, i.contact_id, i.attested, w.username is null or w.username is not distinct from i.username as is_called_so
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) with ordinality as w(tenant_id, kind, scope, value, username, n)
     join contact_identities i on i.tenant_id = w.tenant_id and i.kind = w.kind and i.scope = w.scope and i.value = w.value
     order by i.id for no key update of i`,
    [
      uuids(claims.map(({ tenantId }) => tenantId)),
      texts(claims.map(({ claim }) => claim.kind)),
      texts(claims.map(({ claim }) => claim.scope)),
      texts(claims.map(({ claim }) => claim.value)),
      texts(claims.map(({ claim }) => claim.username ?? null)),
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
 * @param contacts each with its tenant
 * @throws Contended when a contact was merged into another while we waited for it
 */
export async function lockRoots(tx: SqlTx, contacts: ReadonlyMap<string, Id<'tenant'>>): Promise<RootRow[]> {
  if (contacts.size === 0) return []
  const rows = await tx.sql<RootRow>(
    `select c.id as asked_id, c.tenant_id, c.id, c.name, c.blocked, c.merged_into_id
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id) join contacts c on c.tenant_id = w.tenant_id and c.id = w.id
     order by c.id for no key update of c`,
    [uuids([...contacts.values()]), uuids([...contacts.keys()])],
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
     where u.merged_into_id is null order by c.id for no key update of c`,
    [uuids(merged.map((row) => row.tenant_id)), uuids(merged.map((row) => row.id))],
    'lock_roots',
  )
  if (rows.some((row) => row.merged_into_id !== null)) throw new Contended('a contact was merged meanwhile')
  return rows
}

export interface AddressRow {
  root_id: string
  id: string
  held_since: Date
  kind: IdentityKind
  scope: string
  value: string
}

/** All addresses of contacts and of those merged into them; asked only when an event leaves a doubt about who is who. */
export async function loadAddresses(tx: SqlTx, roots: readonly { tenantId: Id<'tenant'>; id: Id<'contact'> }[]): Promise<AddressRow[]> {
  if (roots.length === 0) return []
  return tx.sql<AddressRow>(
    `with recursive family as (
       select w.tenant_id, w.id as root_id, w.id from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
       union
       select f.tenant_id, f.root_id, c.id from family f join contacts c on c.tenant_id = f.tenant_id and c.merged_into_id = f.id
     )
     select f.root_id, i.id, i.held_since, i.kind, i.scope, i.value
     from family f join contact_identities i on i.tenant_id = f.tenant_id and i.contact_id = f.id`,
    [uuids(roots.map((root) => root.tenantId)), uuids(roots.map((root) => root.id))],
    'load_addresses',
  )
}
