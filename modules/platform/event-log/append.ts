import type { Pool } from 'pg'
import type { HeldShard } from './lease.ts'
import { LOG_CHANNEL, TENANTS_PER_NOTIFICATION } from './notification.ts'

/** What one append did: how many events moved, and how long each had waited in the outbox, in ms. */
export interface Appended {
  moved: number
  /** True when a shard gave its full batch, so there is surely more. */
  full: boolean
  waitedMs: number[]
}

/**
 * Moves committed outbox rows of the held shards into the log and notifies, all in ONE statement, because a single statement
 * runs to its end on the server whatever becomes of us: frozen or cut off, we never keep a lock, and what we wake up with
 * is compared with the shard's epoch before anything is written. A shard that has meanwhile been taken over moves nothing.
 * @param perShard most events per shard and statement
 */
export async function appendCommitted(pool: Pool, held: readonly HeldShard[], perShard: number): Promise<Appended> {
  if (held.length === 0) return { moved: 0, full: false, waitedMs: [] }
  const { rows } = await pool.query<{ moved: number; full: boolean; waited: number[] | null }>({
    name: 'log_append',
    text: append,
    values: [held.map(({ shard }) => shard), held.map(({ epoch }) => epoch), perShard],
  })
  const row = rows[0]
  return { moved: row?.moved ?? 0, full: row?.full ?? false, waitedMs: row?.waited ?? [] }
}

/**
 * $1 shards, $2 their epochs, $3 events per shard.
 * - `fenced` locks the shards that have work and are still ours. Shards without work aren't locked, so an idle poll writes nothing.
 * - `taken` deletes what it returns. Nothing is ever looked for beyond some id: ids are given before the commit, so a cursor
 *   over them would pass by rows of slower transactions.
 * - Sequences are dense per tenant, positions per shard; both continue from rows locked by this statement.
 */
const append = `
  with held as (
    select h.shard, h.epoch from unnest($1::smallint[], $2::bigint[]) as h(shard, epoch)
  ), fenced as (
    select s.shard, s.position from bus.log_shards s join held h on h.shard = s.shard and h.epoch = s.epoch
    where exists (select from bus.outbox o where o.shard = s.shard)
    order by s.shard for update of s
  ), taken as (
    delete from bus.outbox o
    where o.id = any (array(
      select first.id from fenced f cross join lateral (select id from bus.outbox where shard = f.shard order by id limit $3) first))
    returning o.*
  ), heads as (
    insert into bus.log_heads as h (tenant_id, sequence)
    select tenant_id, count(*) from taken group by tenant_id order by tenant_id
    on conflict (tenant_id) do update set sequence = h.sequence + excluded.sequence
    returning h.tenant_id, h.sequence
  ), counted as (
    select shard, count(*) as events from taken group by shard
  ), moved as (
    update bus.log_shards s set position = s.position + c.events from counted c where s.shard = c.shard
    returning s.shard, s.position, c.events
  ), numbered as (
    select t.*, row_number() over (partition by t.shard order by t.id) as nth_of_shard,
      row_number() over (partition by t.tenant_id order by t.id) as nth_of_tenant, count(*) over (partition by t.tenant_id) as of_tenant
    from taken t
  ), logged as (
    insert into bus.log (shard, position, tenant_id, sequence, event_id, type, key, payload, reach, causation_id, depth, at)
    select n.shard, m.position - m.events + n.nth_of_shard, n.tenant_id, h.sequence - n.of_tenant + n.nth_of_tenant,
      n.event_id, n.type, n.key, n.payload, n.reach, n.causation_id, n.depth, n.created_at
    from numbered n join moved m on m.shard = n.shard join heads h on h.tenant_id = n.tenant_id
    order by n.id
    returning at
  ), grouped as (
    select m.shard, m.position, h.tenant_id, h.sequence, row_number() over (partition by m.shard order by h.tenant_id) / ${TENANTS_PER_NOTIFICATION} as chunk
    from heads h join (select distinct tenant_id, shard from taken) t on t.tenant_id = h.tenant_id join moved m on m.shard = t.shard
  ), notified as (
    select pg_notify('${LOG_CHANNEL}', shard || ':' || position || ';' || string_agg(tenant_id || ':' || sequence, ',')) as done
    from grouped group by shard, position, chunk
  )
  select (select count(*) from logged)::int as moved, coalesce((select max(events) from counted) >= $3, false) as full,
    (select array_agg(extract(epoch from clock_timestamp() - at) * 1000)::float8[] from logged) as waited,
    (select count(done) from notified) as notifications`
