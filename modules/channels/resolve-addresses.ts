import type { ChannelKind } from '#channels/connector.ts'
import { texts, uuids } from '#platform/db/arrays.ts'
import type { BatchTx } from '#platform/db/database.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid } from '#platform/ids.ts'
import type { AddressOwner, AddressQuery, ReceivingAccount } from './types.ts'

/**
 * Whose each address is, by the directory; one query. An event that only names a business (WhatsApp: the WABA) belongs to all
 * its accounts, or to the one whose number it names. What came on a tenant's own webhook address can only speak of that
 * tenant's accounts, because the tenant's own secret signed it.
 * @returns the owners of each address, in the order given; an empty list for an unknown one
 */
export async function resolveAddresses(tx: SqlTx, queries: readonly AddressQuery[]): Promise<AddressOwner[][]> {
  const owners = queries.map((): AddressOwner[] => [])
  if (queries.length === 0) return owners
  const rows = await tx.sql<{ n: number; tenant_id: string; channel_account_id: string }>(
    resolveSql,
    [
      texts(queries.map(({ account }) => account.channel)),
      texts(queries.map(({ account }) => account.address)),
      texts(queries.map(({ account }) => account.businessId ?? null)),
      texts(queries.map(({ account }) => account.displayAddress ?? null)),
      uuids(queries.map(({ viaAccountId }) => viaAccountId)),
    ],
    'resolve_addresses',
  )
  for (const row of rows) {
    owners[row.n - 1]?.push({
      tenantId: fromUuid('tenant', row.tenant_id),
      channelAccountId: fromUuid('channelAccount', row.channel_account_id),
    })
  }
  return owners
}

const resolveSql = `
  with wanted as (
    select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[]) with ordinality
      as w(channel, address, business_id, display_address, via_account_id, n)
  ), found as (
    select w.n, w.via_account_id, a.tenant_id, a.channel_account_id
    from wanted w join channel_addresses a on a.channel = w.channel and a.address = w.address
    where w.address <> ''
    union all
    select w.n, w.via_account_id, a.tenant_id, a.channel_account_id
    from wanted w join channel_addresses a on a.channel = w.channel and a.business_id = w.business_id
    where w.address = '' and (w.display_address is null or a.display_address is null or a.display_address = w.display_address)
  )
  select f.n::int as n, f.tenant_id, f.channel_account_id
  from found f left join channel_addresses via on via.channel_account_id = f.via_account_id
  where f.via_account_id is null or via.tenant_id = f.tenant_id
  order by f.n, f.channel_account_id`

/**
 * The same question again inside the transaction that will write, together with what receiving needs of each account. An
 * account that has changed hands since it was resolved is missing from the answer.
 */
export async function loadReceivingAccounts(
  tx: BatchTx,
  owners: readonly AddressOwner[],
): Promise<Map<AddressOwner['channelAccountId'], ReceivingAccount>> {
  const rows = await tx.sql<{ tenant_id: string; id: string; channel: ChannelKind; portfolio: string; last_inbound_at: Date | null }>(
    `select c.tenant_id, c.id, c.channel, coalesce(c.portfolio_id, c.business_id, c.id::text) as portfolio, c.last_inbound_at
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     join channel_accounts c on c.tenant_id = w.tenant_id and c.id = w.id
     join channel_addresses a on a.channel_account_id = c.id and a.tenant_id = c.tenant_id`,
    [uuids(owners.map((owner) => owner.tenantId)), uuids(owners.map((owner) => owner.channelAccountId))],
    'load_receiving_accounts',
  )
  return new Map(
    rows.map((row) => {
      const channelAccountId = fromUuid('channelAccount', row.id)
      const { channel, portfolio } = row
      return [
        channelAccountId,
        { tenantId: fromUuid('tenant', row.tenant_id), channelAccountId, channel, portfolio, lastInboundAt: row.last_inbound_at },
      ]
    }),
  )
}
