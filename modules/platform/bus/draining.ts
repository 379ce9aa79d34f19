import type { Clock } from '../clock.ts'
import type { Database, PlatformTx } from '../db/database.ts'
import type { Fetched } from './outcomes.ts'
import { type Lane, trimmed } from './parking.ts'

/** A due key held by one drainer, with the messages it may try now. */
export interface DueKey {
  key: string
  epoch: number
  messages: (Fetched & { id: number })[]
}

/** Takes due keys for `owner`: nobody else drains them until the lease ends, and every write of the drainer compares the epoch. */
export async function leaseDueKeys(
  database: Database,
  lane: Lane,
  owner: string,
  limits: { leaseMs: number; keys: number; perKey: number },
): Promise<DueKey[]> {
  const { rows } = await database.pool.query<DueRow>({
    name: 'bus_lease_due',
    text: `with due as materialized (
        select key from bus.parked_keys
        where group_name = $1 and topic = $2 and due_at <= clock_timestamp() and (leased_until is null or leased_until < clock_timestamp())
        order by due_at limit $5 for update skip locked),
      taken as (
        update bus.parked_keys k set owner = $3, epoch = k.epoch + 1, leased_until = clock_timestamp() + $4::int * interval '1 ms'
        from due where k.group_name = $1 and k.topic = $2 and k.key = due.key returning k.key, k.epoch)
      select t.key, t.epoch, m.id, m.partition, m.position, m.value, m.published_at, m.tries
      from taken t left join lateral (
        select * from bus.parked_messages p where p.group_name = $1 and p.topic = $2 and p.key = t.key and p.skipped_at is null
        order by p.position limit $6) m on true
      order by t.key, m.position`,
    values: [lane.group, lane.topic, owner, limits.leaseMs, limits.keys, limits.perKey],
  })
  return dueKeysOf(lane.topic, rows)
}

interface DueRow {
  key: string
  epoch: number
  id: number | null
  partition: number
  position: number
  value: string
  published_at: Date
  tries: number
}

/** A message that failed before is tried alone; those that merely waited behind it go in numbers, once it is gone. */
function dueKeysOf(topic: string, rows: readonly DueRow[]): DueKey[] {
  const keys = new Map<string, DueKey>()
  for (const row of rows) {
    const due = keys.get(row.key) ?? { key: row.key, epoch: row.epoch, messages: [] }
    keys.set(row.key, due)
    if (row.id === null || (due.messages[0]?.tries ?? 0) > 0) continue
    const { id, key, partition, position, value, tries } = row
    due.messages.push({ id, topic, key, partition, position, value, tries, publishedAt: row.published_at })
  }
  return [...keys.values()]
}

/** Keeps what this drainer holds while a slow handler runs. */
export async function renewLeases(database: Database, lane: Lane, owner: string, leaseMs: number): Promise<void> {
  await database.pool.query({
    name: 'bus_renew_leases',
    text: `update bus.parked_keys set leased_until = clock_timestamp() + $4::int * interval '1 ms' where group_name = $1 and topic = $2 and owner = $3`,
    values: [lane.group, lane.topic, owner, leaseMs],
  })
}

/** What a drainer's try came to: `failed` names the first message that wasn't done, all before it were. */
export interface Tried {
  due: DueKey
  failed: { id: number; tries: number; kind: 'later' | 'never'; reason: string } | null
}

/**
 * Writes down what became of a drainer's tries and gives the keys back. A key without messages flows again: its row goes, in
 * the transaction that removes its last message, under the lock a parking fetcher needs.
 */
export async function settleTries(
  database: Database,
  clock: Clock,
  lane: Lane,
  owner: string,
  tried: readonly Tried[],
  delayMs: (tries: number) => number | null,
): Promise<void> {
  await database.platformTransaction(clock, async (tx) => {
    const held = await tx.sql<{ key: string }>(
      `select k.key from bus.parked_keys k join unnest($4::text[], $5::bigint[]) as mine(key, epoch) on mine.key = k.key and mine.epoch = k.epoch
       where k.group_name = $1 and k.topic = $2 and k.owner = $3 order by k.key for update of k`,
      [lane.group, lane.topic, owner, tried.map(({ due }) => due.key), tried.map(({ due }) => due.epoch)],
      'bus_settle_lock',
    )
    const mine = new Set(held.map((row) => row.key))
    const rest = tried.filter(({ due }) => mine.has(due.key))
    await removeDone(tx, rest)
    await recordFailures(tx, lane, rest, delayMs)
    await releaseOthers(tx, lane, [...mine])
  })
}

async function removeDone(tx: PlatformTx, tried: readonly Tried[]): Promise<void> {
  const done = tried.flatMap(({ due, failed }) => {
    const end = failed ? due.messages.findIndex((message) => message.id === failed.id) : due.messages.length
    return due.messages.slice(0, end).map((message) => message.id)
  })
  await tx.sql('delete from bus.parked_messages where id = any($1::bigint[]) and skipped_at is null', [done], 'bus_settle_done')
}

/** A message that a person skipped while it was being tried no longer holds its key. */
async function recordFailures(
  tx: PlatformTx,
  lane: Lane,
  tried: readonly Tried[],
  delayMs: (tries: number) => number | null,
): Promise<void> {
  const failures = tried.flatMap(({ failed }) => (failed ? [failed] : []))
  await tx.sql(
    `with failed as (
       update bus.parked_messages m set tries = f.tries, reason = f.reason
       from unnest($3::bigint[], $4::int[], $5::text[], $6::int[]) as f(id, tries, reason, delay_ms)
       where m.id = f.id and m.skipped_at is null returning m.key, f.delay_ms)
     update bus.parked_keys k set due_at = clock_timestamp() + failed.delay_ms * interval '1 ms', owner = null, leased_until = null
     from failed where k.group_name = $1 and k.topic = $2 and k.key = failed.key`,
    [
      lane.group,
      lane.topic,
      failures.map(({ id }) => id),
      failures.map(({ tries }) => tries),
      failures.map(({ reason }) => trimmed(reason)),
      failures.map(({ kind, tries }) => (kind === 'never' ? null : delayMs(tries))),
    ],
    'bus_settle_failed',
  )
}

/** Keys still owned here had no failure: those with messages left go on at once, the others are open again. */
async function releaseOthers(tx: PlatformTx, lane: Lane, keys: readonly string[]): Promise<void> {
  const scope = [lane.group, lane.topic, keys]
  const waiting = `exists (select from bus.parked_messages m where m.group_name = k.group_name and m.topic = k.topic and m.key = k.key and m.skipped_at is null)`
  const ours = 'k.group_name = $1 and k.topic = $2 and k.key = any($3::text[]) and k.owner is not null'
  await tx.sql(`delete from bus.parked_keys k where ${ours} and not ${waiting}`, scope, 'bus_settle_open')
  await tx.sql(
    `update bus.parked_keys k set due_at = clock_timestamp(), owner = null, leased_until = null where ${ours}`,
    scope,
    'bus_settle_next',
  )
}

/** The handler threw: nothing happened, so the keys are tried again after a pause and no try is counted. */
export async function postponeKeys(database: Database, lane: Lane, owner: string, delayMs: number): Promise<void> {
  await database.pool.query({
    name: 'bus_postpone',
    text: `update bus.parked_keys set due_at = clock_timestamp() + $4::int * interval '1 ms', owner = null, leased_until = null
      where group_name = $1 and topic = $2 and owner = $3`,
    values: [lane.group, lane.topic, owner, delayMs],
  })
}
