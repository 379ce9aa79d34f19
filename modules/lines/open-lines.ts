import { uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, newId } from '#platform/ids.ts'
import type { LineQuery } from './types.ts'

/**
 * Finds or makes the line of each person on a channel account: the one their strongest address is on, else one that any of their
 * addresses or their contact has, else a new one. The caller holds the identities' locks, which are the lines' too.
 *
 * Two halves of a person that met keep the line each of them had, because deliveries may be queued on either; both reach the
 * person (docs/decisions/0006-numbers-follow-their-owner.md). One query when everybody has a line, at most four.
 * @returns the line of each query, in order
 */
export async function openLines(tx: SqlTx, queries: readonly LineQuery[]): Promise<Id<'line'>[]> {
  if (queries.length === 0) return []
  const known = await findLines(tx, queries.map(strongestOf))
  const doubtful = queries.filter((query, n) => query.hasNews || known[n] === null)
  const others = await findOtherLines(tx, doubtful)
  const made: (LineQuery & { lineId: Id<'line'> })[] = []
  const attached: Attachment[] = []
  const opened = queries.map((query, n) => {
    const ownKeys = query.identityIds.map((identityId) => lineKey(query.channelAccountId, identityId))
    const other = [...ownKeys, contactKey(query)].map((key) => others.get(key)).find((line) => line !== undefined)
    const lineId = known[n] ?? other ?? newId('line')
    if (known[n] === null && other === undefined) {
      made.push({ ...query, lineId })
      others.set(contactKey(query), lineId)
    }
    if (known[n] === null || query.hasNews) attach(query, lineId, others, attached)
    return lineId
  })
  await insertLines(tx, made)
  await insertLineIdentities(tx, attached)
  return opened
}

interface Attachment {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  identityId: Id<'contactIdentity'>
  lineId: Id<'line'>
}

/** Puts those of a person's addresses that are on no line of the account onto theirs. */
function attach(query: LineQuery, lineId: Id<'line'>, lines: Map<string, Id<'line'>>, attached: Attachment[]): void {
  for (const identityId of query.identityIds) {
    const key = lineKey(query.channelAccountId, identityId)
    if (lines.has(key)) continue
    lines.set(key, lineId)
    attached.push({ tenantId: query.tenantId, channelAccountId: query.channelAccountId, identityId, lineId })
  }
}

/** Takes addresses that passed to another person off the lines of the former owner: a reply must not reach a stranger. */
export async function detachIdentities(
  tx: SqlTx,
  moved: readonly { tenantId: Id<'tenant'>; identityId: Id<'contactIdentity'> }[],
): Promise<void> {
  if (moved.length === 0) return
  await tx.sql(
    `delete from line_identities l using unnest($1::uuid[], $2::uuid[]) as m(tenant_id, identity_id)
     where l.tenant_id = m.tenant_id and l.identity_id = m.identity_id`,
    [uuids(moved.map((identity) => identity.tenantId)), uuids(moved.map((identity) => identity.identityId))],
    'detach_line_identities',
  )
}

const lineKey = (account: Id<'channelAccount'>, identity: Id<'contactIdentity'>) => `${account}|${identity}`
const contactKey = ({ channelAccountId, contactId }: LineQuery) => `${channelAccountId}|${contactId}`

interface Place {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  identityId: Id<'contactIdentity'>
}

function strongestOf({ tenantId, channelAccountId, identityIds: [identityId] }: LineQuery): Place {
  if (identityId === undefined) throw new Error('a line was asked for a person without an address')
  return { tenantId, channelAccountId, identityId }
}

/** The line each address is on, in order; null = none. */
async function findLines(tx: SqlTx, places: readonly Place[]): Promise<(Id<'line'> | null)[]> {
  const lines = places.map((): Id<'line'> | null => null)
  if (places.length === 0) return lines
  const rows = await tx.sql<{ n: number; line_id: string }>(
    `select w.n::int as n, l.line_id from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as w(tenant_id, account_id, identity_id, n)
     join line_identities l on l.tenant_id = w.tenant_id and l.channel_account_id = w.account_id and l.identity_id = w.identity_id`,
    [
      uuids(places.map((place) => place.tenantId)),
      uuids(places.map((place) => place.channelAccountId)),
      uuids(places.map((place) => place.identityId)),
    ],
    'find_lines',
  )
  for (const row of rows) lines[row.n - 1] = fromUuid('line', row.line_id)
  return lines
}

/** The lines that any address of these persons is on, by `lineKey`, and the first that their contact has there, by `contactKey`. */
async function findOtherLines(tx: SqlTx, queries: readonly LineQuery[]): Promise<Map<string, Id<'line'>>> {
  const lines = new Map<string, Id<'line'>>()
  const places = queries.flatMap((query) => query.identityIds.map((identityId) => ({ ...query, identityId })))
  const found = await findLines(tx, places)
  places.forEach((place, n) => {
    const line = found[n]
    if (line) lines.set(lineKey(place.channelAccountId, place.identityId), line)
  })
  for (const row of await findContactLines(tx, queries)) {
    const query = queries[row.n - 1]
    if (query) lines.set(contactKey(query), fromUuid('line', row.id))
  }
  return lines
}

async function findContactLines(tx: SqlTx, queries: readonly LineQuery[]): Promise<{ n: number; id: string }[]> {
  if (queries.length === 0) return []
  return tx.sql(
    `select w.n::int as n, l.id from unnest($1::uuid[], $2::uuid[], $3::uuid[]) with ordinality as w(tenant_id, account_id, contact_id, n)
     cross join lateral (
       select l.id from lines l where l.tenant_id = w.tenant_id and l.contact_id = w.contact_id and l.channel_account_id = w.account_id
       order by l.created_at, l.id limit 1
     ) as l`,
    [
      uuids(queries.map((query) => query.tenantId)),
      uuids(queries.map((query) => query.channelAccountId)),
      uuids(queries.map((query) => query.contactId)),
    ],
    'find_contact_lines',
  )
}

async function insertLines(tx: SqlTx, lines: readonly (LineQuery & { lineId: Id<'line'> })[]): Promise<void> {
  if (lines.length === 0) return
  await tx.sql(
    `insert into lines (tenant_id, id, channel_account_id, contact_id, created_at)
     select t, i, a, c, $5 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as u(t, i, a, c)`,
    [
      uuids(lines.map((line) => line.tenantId)),
      uuids(lines.map((line) => line.lineId)),
      uuids(lines.map((line) => line.channelAccountId)),
      uuids(lines.map((line) => line.contactId)),
      tx.now,
    ],
    'insert_lines',
  )
}

async function insertLineIdentities(tx: SqlTx, rows: readonly Attachment[]): Promise<void> {
  if (rows.length === 0) return
  const inserted = await tx.sql(
    `insert into line_identities (tenant_id, channel_account_id, identity_id, line_id)
     select t, a, i, l from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[]) as u(t, a, i, l) order by t, a, i
     on conflict (tenant_id, channel_account_id, identity_id) do nothing returning line_id`,
    [
      uuids(rows.map((row) => row.tenantId)),
      uuids(rows.map((row) => row.channelAccountId)),
      uuids(rows.map((row) => row.identityId)),
      uuids(rows.map((row) => row.lineId)),
    ],
    'attach_line_identities',
  )
  if (inserted.length < rows.length) throw new Contended('somebody opened this line at the same moment')
}
