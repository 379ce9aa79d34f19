import { randomUUID } from 'node:crypto'
import type { Pool } from 'pg'
import { EVENT_LOG_SHARDS } from './shards.ts'

/** A shard this process may append to, and the epoch that proves it. */
export interface HeldShard {
  shard: number
  epoch: number
}

export interface ShardLease {
  /**
   * Renews what is held, takes what is free, gives back what is more than a fair share (at most ceil(shards / processes)).
   * @returns what is held now
   */
  renew(): Promise<HeldShard[]>
  /** Gives everything back at once, so that another process need not wait for the lease to run out. */
  release(): Promise<void>
}

/**
 * Leases of shards, on the database's clock. Every step is one statement in a transaction of its own: a process frozen at
 * any point holds no row lock that others would wait for.
 */
export function shardLease(pool: Pool, leaseMs: number): ShardLease {
  const holder = randomUUID()
  return {
    renew: async () => {
      const { rows: seen } = await pool.query<{ others: number }>({ name: 'log_lease_seen', text: announce, values: [holder, leaseMs] })
      const share = Math.ceil(EVENT_LOG_SHARDS / ((seen[0]?.others ?? 0) + 1))
      const { rows } = await pool.query<HeldShard>({ name: 'log_lease_renew', text: renew, values: [holder, leaseMs, share] })
      return rows
    },
    release: async () => {
      await pool.query(
        `with left_ as (delete from bus.log_sequencers where holder = $1)
         update bus.log_shards set holder = null, leased_until = '-infinity' where holder = $1`,
        [holder],
      )
    },
  }
}

/** $1 holder, $2 lease in ms. Says "I am here", forgets the dead, counts the others alive. */
const announce = `
  with me as (
    insert into bus.log_sequencers as s (holder, seen_until) values ($1, clock_timestamp() + $2 * interval '1 ms')
    on conflict (holder) do update set seen_until = excluded.seen_until
  ), dead as (
    delete from bus.log_sequencers where holder <> $1 and seen_until < clock_timestamp() - interval '1 hour'
  )
  select count(*) as others from bus.log_sequencers where holder <> $1 and seen_until > clock_timestamp()`

/**
 * $1 holder, $2 lease in ms, $3 fair share. Shards in use by another statement are left for the next round (skip locked).
 * A change of holder raises the epoch, which is what fences the one before.
 */
const renew = `
  with open_ as (
    select shard, holder = $1 as mine from bus.log_shards
    where holder = $1 or leased_until < clock_timestamp() order by shard for update skip locked
  ), ranked as (
    select shard, coalesce(mine, false) as mine, row_number() over (order by coalesce(mine, false) desc, shard) as place from open_
  ), given_back as (
    update bus.log_shards s set holder = null, leased_until = '-infinity' from ranked r where s.shard = r.shard and r.mine and r.place > $3
  )
  update bus.log_shards s
  set holder = $1, leased_until = clock_timestamp() + $2 * interval '1 ms', epoch = case when r.mine then s.epoch else s.epoch + 1 end
  from ranked r where s.shard = r.shard and r.place <= $3
  returning s.shard, s.epoch`
