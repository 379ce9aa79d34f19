import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'

/**
 * Who speaks for a channel account. One sender at a time holds the lease, so the account's rate, pair limits and circuit can
 * live in memory. The lease is good while its holder's heartbeat is: renewing any number of accounts is one row. The epoch
 * grows with every change of holder; it is written into each attempt, and compared, under the lease's row lock, whenever calls
 * are claimed. Times are the database's, so that machines need not agree on theirs.
 */
export interface Lease {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  epoch: number
}

export interface Leases {
  held: Lease[]
  /** How many accounts this sender should hold while as many senders live as do now. */
  fairShare: number
}

interface Row {
  tenant_id: string
  channel_account_id: string
  epoch: number
}

const leaseOf = (row: Row): Lease => ({
  tenantId: fromUuid('tenant', row.tenant_id),
  channelAccountId: fromUuid('channelAccount', row.channel_account_id),
  epoch: row.epoch,
})

/**
 * Says "I am here" and takes what is free up to a fair share: the channel's accounts by the number of living senders. What is
 * above the share stays held until `releaseLeases`, so that running calls can end first. Rows that somebody has locked are left
 * for the next round: a sender frozen inside a claim must not stop the others.
 */
export async function renewLeases(tx: SqlTx, sender: { holder: Id<'sender'>; channel: string; leaseMs: number }): Promise<Leases> {
  const who = [sender.channel, toUuid(sender.holder)]
  const [share] = await tx.sql<{ fair: number }>(announce, [...who, sender.leaseMs], 'sender_announce')
  const fairShare = share?.fair ?? 0
  const kept = await tx.sql<Row>(
    'select tenant_id, channel_account_id, epoch from bus.sender_leases where channel = $1 and holder = $2::uuid',
    who,
    'sender_kept',
  )
  const free = fairShare - kept.length
  if (free <= 0) return { held: kept.map(leaseOf), fairShare }
  await tx.sql(adopt, [sender.channel], 'sender_adopt')
  const taken = await tx.sql<Row>(take, [...who, free], 'sender_take')
  return { held: [...kept, ...taken].map(leaseOf), fairShare }
}

const announce = `
  with me as (
    insert into bus.senders as s (channel, holder, expires_at) values ($1, $2::uuid, clock_timestamp() + $3::int * interval '1 ms')
    on conflict (channel, holder) do update set expires_at = excluded.expires_at
  ), gone as (
    delete from bus.senders where holder <> $2::uuid and expires_at < clock_timestamp() - interval '1 hour'
  )
  select ceil((select count(*) from channel_addresses where channel = $1)::float8 / (1 + count(*)))::int as fair
  from bus.senders where channel = $1 and holder <> $2::uuid and expires_at > clock_timestamp()`

/** Accounts connected since: they get a lease that nobody holds. */
const adopt = `
  insert into bus.sender_leases (channel, tenant_id, channel_account_id)
  select a.channel, a.tenant_id, a.channel_account_id from channel_addresses a
  where a.channel = $1 and not exists (select from bus.sender_leases l where l.channel_account_id = a.channel_account_id)
  on conflict (channel_account_id) do nothing`

/** What nobody holds: never leased, given back, or of a holder whose heart stopped. */
const take = `
  with free as (
    select l.channel_account_id from bus.sender_leases l
    where l.channel = $1
      and not exists (select from bus.senders s where s.channel = $1 and s.holder = l.holder and s.expires_at > clock_timestamp())
      and exists (select from channel_addresses a where a.channel_account_id = l.channel_account_id)
    order by l.channel_account_id limit $3::int for update of l skip locked
  )
  update bus.sender_leases l set holder = $2::uuid, epoch = l.epoch + 1
  from free where l.channel_account_id = free.channel_account_id
  returning l.tenant_id, l.channel_account_id, l.epoch`

/** Gives leases back at once, so that another sender need not wait for them to run out. */
export async function releaseLeases(tx: SqlTx, holder: Id<'sender'>, leases: readonly Lease[]): Promise<void> {
  await tx.sql(
    'update bus.sender_leases set holder = null where holder = $1::uuid and channel_account_id = any($2::uuid[])',
    [toUuid(holder), leases.map((lease) => toUuid(lease.channelAccountId))],
    'sender_release',
  )
}

/** The sender is leaving: what it still holds is free, and the others' shares grow. */
export async function leaveSenders(tx: SqlTx, holder: Id<'sender'>): Promise<void> {
  await tx.sql('delete from bus.senders where holder = $1::uuid', [toUuid(holder)], 'sender_leave')
}

/**
 * Share-locks those of the leases that still stand as given: until this transaction ends nobody can take them over.
 * @returns the epochs of those that stand
 */
export async function lockLeases(tx: SqlTx, holder: Id<'sender'>, leases: readonly Lease[]): Promise<Map<Id<'channelAccount'>, number>> {
  const rows = await tx.sql<Row>(
    `select l.tenant_id, l.channel_account_id, l.epoch
     from unnest($2::uuid[], $3::bigint[]) as w(channel_account_id, epoch)
     join bus.sender_leases l on l.channel_account_id = w.channel_account_id and l.epoch = w.epoch
     where l.holder = $1::uuid
       and exists (select from bus.senders s where s.channel = l.channel and s.holder = l.holder and s.expires_at > clock_timestamp())
     order by l.channel_account_id for share of l`,
    [toUuid(holder), leases.map((lease) => toUuid(lease.channelAccountId)), leases.map((lease) => lease.epoch)],
    'sender_lock',
  )
  return new Map(rows.map(leaseOf).map((lease) => [lease.channelAccountId, lease.epoch]))
}
