import { texts, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuidOrNull, type Id } from '#platform/ids.ts'

/** What a provider calls one message on one account. */
export interface RefKey {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  externalId: string
}

export interface Ref extends RefKey {
  messageId: Id<'message'> | null
  deliveryId: Id<'delivery'> | null
}

export const refKey = (ref: RefKey): string => `${ref.tenantId}/${ref.channelAccountId}/${ref.externalId}`

/**
 * Creates the refs that are missing and locks all of them: the row is the mutex between the sender, who learns a name from
 * its call, and receipts, which may know it first. Sorted, so that two batches never wait for each other in a circle.
 */
export async function lockRefs(tx: SqlTx, keys: readonly RefKey[]): Promise<Map<string, Ref>> {
  const distinct = [...new Map(keys.map((key) => [refKey(key), key])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, key]) => key)
  if (distinct.length === 0) return new Map()
  // Two statements instead of one `do update`: a ref is locked some four times in its life, and each update would leave a dead
  // row behind. `do nothing` waits for whoever is inserting the same ref, so the second statement sees it.
  await tx.sql(
    `insert into external_refs (tenant_id, channel_account_id, external_id)
     select t, c, e from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as w(t, c, e, place) order by place
     on conflict (tenant_id, channel_account_id, external_id) do nothing`,
    columns(distinct),
    'make_refs',
  )
  const rows = await tx.sql<{ place: number; message_id: string | null; delivery_id: string | null }>(
    `select w.place::int as place, r.message_id, r.delivery_id
     from unnest($1::uuid[], $2::uuid[], $3::text[]) with ordinality as w(t, c, e, place)
     join external_refs r on r.tenant_id = w.t and r.channel_account_id = w.c and r.external_id = w.e
     order by w.place for update of r`,
    columns(distinct),
    'lock_refs',
  )
  const refs = new Map<string, Ref>()
  for (const row of rows) {
    const key = distinct[row.place - 1]
    if (!key) continue
    refs.set(refKey(key), {
      ...key,
      messageId: fromUuidOrNull('message', row.message_id),
      deliveryId: fromUuidOrNull('delivery', row.delivery_id),
    })
  }
  return refs
}

/** Says what a locked ref stands for. What was bound before stays: a provider's name is given once. */
export async function bindRefs(
  tx: SqlTx,
  refs: readonly (RefKey & { deliveryId: Id<'delivery'>; messageId: Id<'message'> })[],
): Promise<void> {
  if (refs.length === 0) return
  await tx.sql(
    `update external_refs r set delivery_id = coalesce(r.delivery_id, b.delivery_id), message_id = coalesce(r.message_id, b.message_id)
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[]) as b(tenant_id, channel_account_id, external_id, delivery_id, message_id)
     where r.tenant_id = b.tenant_id and r.channel_account_id = b.channel_account_id and r.external_id = b.external_id
       and (r.delivery_id is null or r.message_id is null)`,
    [...columns(refs), uuids(refs.map((ref) => ref.deliveryId)), uuids(refs.map((ref) => ref.messageId))],
    'bind_refs',
  )
}

const columns = (keys: readonly RefKey[]) => [
  uuids(keys.map((key) => key.tenantId)),
  uuids(keys.map((key) => key.channelAccountId)),
  texts(keys.map((key) => key.externalId)),
]
