import { flags, numbers, texts, times, uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx } from '#platform/db/sql.ts'
import { newId } from '#platform/ids.ts'
import type { People, PersonContact, PersonIdentityRow } from './people.ts'

/**
 * Writes what was decided; each statement runs only when it has something to do. New identities come last of the inserts and in
 * the one order: whoever loses a race for one starts over and finds it locked.
 * @throws Contended when another transaction inserted one of the new identities first
 */
export async function writePeople(tx: SqlTx, people: People): Promise<void> {
  const contacts = [...people.contacts.values()]
  const identities = [...people.identities.values()]
  await insertContacts(
    tx,
    contacts.filter((contact) => contact.state === 'new' && !contact.mergedInto),
  )
  await insertIdentities(
    tx,
    people,
    identities.filter((row) => row.state === 'new'),
  )
  await updateIdentities(
    tx,
    people,
    identities.filter((row) => row.state === 'changed'),
  )
  await updateContacts(
    tx,
    contacts.filter((contact) => contact.state === 'changed' || (contact.state === 'kept' && contact.mergedInto)),
  )
  await copyPreferences(tx, people)
  await insertSuggestions(tx, people)
}

async function insertContacts(tx: SqlTx, contacts: readonly PersonContact[]): Promise<void> {
  if (contacts.length === 0) return
  await tx.sql(
    `insert into contacts (tenant_id, id, name, created_at)
     select t, i, n, $4 from unnest($1::uuid[], $2::uuid[], $3::text[]) as u(t, i, n)`,
    [uuids(contacts.map((c) => c.tenantId)), uuids(contacts.map((c) => c.id)), texts(contacts.map((c) => c.name)), tx.now],
    'insert_contacts',
  )
}

async function insertIdentities(tx: SqlTx, people: People, rows: readonly PersonIdentityRow[]): Promise<void> {
  if (rows.length === 0) return
  const inserted = await tx.sql(
    `insert into contact_identities (tenant_id, id, contact_id, kind, scope, value, attested, username, held_since, created_at)
     select t, i, c, k, s, v, a, u, h, $10
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::bool[], $8::text[], $9::timestamptz[]) as x(t, i, c, k, s, v, a, u, h)
     order by t, k, s, v
     on conflict (tenant_id, kind, scope, value) do nothing returning id`,
    [
      uuids(rows.map((row) => row.tenantId)),
      uuids(rows.map((row) => row.id)),
      uuids(rows.map((row) => people.rootOf(row.contact).id)),
      texts(rows.map((row) => row.kind)),
      texts(rows.map((row) => row.scope)),
      texts(rows.map((row) => row.value)),
      flags(rows.map((row) => row.attested)),
      texts(rows.map((row) => row.username)),
      times(rows.map((row) => row.heldSince)),
      tx.now,
    ],
    'insert_identities',
  )
  if (inserted.length < rows.length) throw new Contended('somebody met this person at the same moment')
}

async function updateIdentities(tx: SqlTx, people: People, rows: readonly PersonIdentityRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.sql(
    `update contact_identities i set contact_id = case when n.moved then n.contact_id else i.contact_id end,
       attested = n.attested, username = coalesce(n.username, i.username), held_since = coalesce(n.held_since, i.held_since)
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bool[], $5::bool[], $6::text[], $7::timestamptz[])
       as n(tenant_id, id, contact_id, moved, attested, username, held_since)
     where i.tenant_id = n.tenant_id and i.id = n.id`,
    [
      uuids(rows.map((row) => row.tenantId)),
      uuids(rows.map((row) => row.id)),
      uuids(rows.map((row) => people.rootOf(row.contact).id)),
      flags(rows.map((row) => row.isMoved)),
      flags(rows.map((row) => row.attested)),
      texts(rows.map((row) => row.username)),
      times(rows.map((row) => row.heldSince)),
    ],
    'update_identities',
  )
}

async function updateContacts(tx: SqlTx, contacts: readonly PersonContact[]): Promise<void> {
  if (contacts.length === 0) return
  await tx.sql(
    `update contacts c set name = n.name, blocked = n.blocked, merged_into_id = n.merged_into_id, version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bool[], $5::uuid[]) as n(tenant_id, id, name, blocked, merged_into_id)
     where c.tenant_id = n.tenant_id and c.id = n.id`,
    [
      uuids(contacts.map((contact) => contact.tenantId)),
      uuids(contacts.map((contact) => contact.id)),
      texts(contacts.map((contact) => contact.name)),
      flags(contacts.map((contact) => contact.isBlocked)),
      uuids(contacts.map((contact) => (contact.mergedInto ? contact.mergedInto.id : null))),
    ],
    'update_contacts',
  )
}

/** Who stopped marketing as one half stopped it as the whole (I9): the root gets the newer word on each category. */
async function copyPreferences(tx: SqlTx, people: People): Promise<void> {
  const merges = people.merges.filter(({ from }) => from.state !== 'new')
  if (merges.length === 0) return
  await tx.sql(
    `insert into contact_preferences (tenant_id, contact_id, channel, category, value, source, changed_at)
     select distinct on (p.tenant_id, m.into_id, p.channel, p.category)
       p.tenant_id, m.into_id, p.channel, p.category, p.value, p.source, p.changed_at
     from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as m(tenant_id, from_id, into_id)
     join contact_preferences p on p.tenant_id = m.tenant_id and p.contact_id = m.from_id
     order by p.tenant_id, m.into_id, p.channel, p.category, p.changed_at desc
     on conflict (tenant_id, contact_id, channel, category) do update
       set value = excluded.value, source = excluded.source, changed_at = excluded.changed_at
       where excluded.changed_at > contact_preferences.changed_at`,
    [
      uuids(merges.map(({ from }) => from.tenantId)),
      uuids(merges.map(({ from }) => from.id)),
      uuids(merges.map(({ into }) => people.rootOf(into).id)),
    ],
    'copy_preferences',
  )
}

async function insertSuggestions(tx: SqlTx, people: People): Promise<void> {
  const suggestions = [...people.suggestions.values()]
    .map(({ one, other, ...rest }) => ({ one: people.rootOf(one), other: people.rootOf(other), ...rest }))
    .filter(({ one, other }) => one !== other)
  if (suggestions.length === 0) return
  await tx.sql(
    `insert into merge_suggestions (tenant_id, id, contact_id, other_contact_id, reason, score)
     select t, i, c, o, r, s from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::float8[]) as u(t, i, c, o, r, s)
     order by t, c, o, r on conflict (tenant_id, contact_id, other_contact_id, reason) do nothing`,
    [
      uuids(suggestions.map(({ one }) => one.tenantId)),
      uuids(suggestions.map(() => newId('mergeSuggestion'))),
      uuids(suggestions.map(({ one, other }) => (one.id < other.id ? one.id : other.id))),
      uuids(suggestions.map(({ one, other }) => (one.id < other.id ? other.id : one.id))),
      texts(suggestions.map(({ reason }) => reason)),
      numbers(suggestions.map(({ score }) => score)),
    ],
    'insert_merge_suggestions',
  )
}
