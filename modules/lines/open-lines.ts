import { uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, newId } from '#platform/ids.ts'
import type { LineQuery, OpenedLine } from './types.ts'

/**
 * Finds or makes the line of each person on a channel account. The caller holds the identities' locks, which are the lines' too.
 *
 * Two halves of a person that met keep the line each of them had, because deliveries may be queued on either; both reach the
 * person, and both windows are kept (docs/decisions/0006-numbers-follow-their-owner.md).
 * @returns one for each query, in order
 */
export async function openLines(tx: SqlTx, queries: readonly LineQuery[]): Promise<OpenedLine[]> {
  if (queries.length === 0) return []
  const lineOf = await findLines(tx, queries)
  const made: (LineQuery & { lineId: Id<'line'> })[] = []
  const attached: (LineQuery & { lineId: Id<'line'>; identityId: Id<'contactIdentity'> })[] = []
  const opened = queries.map((query) => {
    const keys = query.identityIds.map((identityId) => lineKey(query.channelAccountId, identityId))
    const known = keys.map((key) => lineOf.get(key)).filter((line) => line !== undefined)
    const lineId = known[0] ?? newId('line')
    if (known.length === 0) made.push({ ...query, lineId })
    query.identityIds.forEach((identityId, n) => {
      const key = keys[n]
      if (key === undefined || lineOf.has(key)) return
      lineOf.set(key, lineId)
      attached.push({ ...query, lineId, identityId })
    })
    return { lineId, reachable: [...new Set([lineId, ...known])] }
  })
  await insertLines(tx, made)
  await attachIdentities(tx, attached)
  return opened
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

async function findLines(tx: SqlTx, queries: readonly LineQuery[]): Promise<Map<string, Id<'line'>>> {
  const wanted = queries.flatMap((query) => query.identityIds.map((identityId) => ({ ...query, identityId })))
  const rows = await tx.sql<{ channel_account_id: string; identity_id: string; line_id: string }>(
    `select l.channel_account_id, l.identity_id, l.line_id from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as w(tenant_id, account_id, identity_id)
     join line_identities l on l.tenant_id = w.tenant_id and l.channel_account_id = w.account_id and l.identity_id = w.identity_id`,
    [
      uuids(wanted.map((each) => each.tenantId)),
      uuids(wanted.map((each) => each.channelAccountId)),
      uuids(wanted.map((each) => each.identityId)),
    ],
    'find_lines',
  )
  return new Map(
    rows.map((row) => [
      lineKey(fromUuid('channelAccount', row.channel_account_id), fromUuid('contactIdentity', row.identity_id)),
      fromUuid('line', row.line_id),
    ]),
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

async function attachIdentities(
  tx: SqlTx,
  rows: readonly (LineQuery & { lineId: Id<'line'>; identityId: Id<'contactIdentity'> })[],
): Promise<void> {
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
