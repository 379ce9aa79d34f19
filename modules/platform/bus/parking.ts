import type { Clock } from '../clock.ts'
import type { Database, PlatformTx } from '../db/database.ts'
import { LIMITS } from '../limits.ts'
import type { Park } from './outcomes.ts'
import type { ParkedMessage } from './port.ts'

/** A group's parked keys and messages; PostgreSQL keeps them whichever adapter carries the records. */
export interface Lane {
  group: string
  topic: string
}

const REASON_CHARS = 1_000

/** @returns those of `keys` whose messages must wait behind parked ones. */
export async function parkedKeysAmong(database: Database, lane: Lane, keys: readonly string[]): Promise<Set<string>> {
  if (keys.length === 0) return new Set()
  const { rows } = await database.pool.query<{ key: string }>({
    name: 'bus_parked_among',
    text: 'select key from bus.parked_keys where group_name = $1 and topic = $2 and key = any($3::text[])',
    values: [lane.group, lane.topic, keys],
  })
  return new Set(rows.map((row) => row.key))
}

/**
 * Parks messages: called in the transaction that moves the cursor (PostgreSQL) or before the offset is committed (Kafka, where
 * redelivery finds them parked already). Locks each key's row first, in order, as the drainer does: whoever comes second sees
 * what the first one did. A key the drainer has just emptied is opened again and due at once, so nothing overtakes.
 */
export async function park(tx: PlatformTx, lane: Lane, parks: readonly Park[], firstDelayMs: number): Promise<void> {
  if (parks.length === 0) return
  const heads = new Map<string, Park>()
  for (const one of parks) if (!heads.has(one.message.key)) heads.set(one.message.key, one)
  const keys = [...heads.keys()]
  await tx.sql(
    `insert into bus.parked_keys (group_name, topic, key, due_at)
     select $1, $2, key, case kind when 'never' then null when 'later' then clock_timestamp() + $5::int * interval '1 ms' else clock_timestamp() end
     from unnest($3::text[], $4::text[]) as head(key, kind) order by key
     on conflict (group_name, topic, key) do update set epoch = bus.parked_keys.epoch`,
    [lane.group, lane.topic, keys, keys.map((key) => heads.get(key)?.kind), firstDelayMs],
    'bus_park_keys',
  )
  const tried = (one: Park) => one.message.tries + (one.kind === 'behind' ? 0 : 1)
  await tx.sql(
    `insert into bus.parked_messages (group_name, topic, key, partition, position, value, published_at, tries, reason)
     select $1, $2, key, partition, position, value, published_at, tries, reason
     from unnest($3::text[], $4::int[], $5::bigint[], $6::text[], $7::timestamptz[], $8::int[], $9::text[])
       as parked(key, partition, position, value, published_at, tries, reason)
     on conflict (group_name, topic, partition, position) do nothing`,
    [
      lane.group,
      lane.topic,
      parks.map(({ message }) => message.key),
      parks.map(({ message }) => message.partition),
      parks.map(({ message }) => message.position),
      parks.map(({ message }) => message.value),
      parks.map(({ message }) => message.publishedAt),
      parks.map(tried),
      parks.map(({ reason }) => trimmed(reason)),
    ],
    'bus_park_messages',
  )
}

/** Reasons are shown to people and limited by the column. */
export const trimmed = (reason: string) => reason.replaceAll('\0', '').slice(0, REASON_CHARS)

interface ParkedRow {
  id: number
  group: string
  topic: string
  key: string
  attempt: number
  reason: string
  due_at: Date | null
  parked_at: Date
}

/** What waits, oldest position of a key first; `attempt` counts the tries so far, 0 for those that merely wait behind. */
export async function listParked(database: Database, filter: { group?: string; limit: number }): Promise<ParkedMessage[]> {
  const { rows } = await database.pool.query<ParkedRow>(
    `select m.id, m.group_name as "group", m.topic, m.key, m.tries as attempt, m.reason, k.due_at, m.parked_at
     from bus.parked_messages m left join bus.parked_keys k using (group_name, topic, key)
     where m.skipped_at is null and ($1::text is null or m.group_name = $1)
     order by m.group_name, m.topic, m.key, m.position limit $2`,
    [filter.group ?? null, filter.limit],
  )
  return rows.map(({ id, due_at, parked_at, ...row }) => ({ ...row, id: String(id), dueAt: due_at, parkedAt: parked_at }))
}

/** A person asks for another try of the head of this message's key. @returns false when no such message waits. */
export async function replayParked(database: Database, id: string): Promise<boolean> {
  if (!/^\d{1,18}$/.test(id)) return false
  const { rowCount } = await database.pool.query(
    `update bus.parked_keys k set due_at = clock_timestamp()
     from bus.parked_messages m
     where m.id = $1 and m.skipped_at is null and k.group_name = m.group_name and k.topic = m.topic and k.key = m.key`,
    [id],
  )
  return rowCount === 1
}

/**
 * A person gives a message up. It is kept with who and when; if it was the head of its key, the next one is due at once. The
 * key's row stays until a drainer has looked, even when nothing else waits, because one may be trying this very message.
 */
export async function skipParked(database: Database, clock: Clock, id: string, by: string): Promise<boolean> {
  if (!/^\d{1,18}$/.test(id)) return false
  return database.platformTransaction(clock, async (tx) => {
    await tx.sql(
      `select from bus.parked_keys k join bus.parked_messages m using (group_name, topic, key) where m.id = $1 for update of k`,
      [id],
    )
    const [skipped] = await tx.sql<{ group_name: string; topic: string; key: string; position: number }>(
      `update bus.parked_messages set skipped_by = $2, skipped_at = clock_timestamp() where id = $1 and skipped_at is null
       returning group_name, topic, key, position`,
      [id, by],
    )
    if (!skipped) return false
    await tx.sql(
      `update bus.parked_keys k set due_at = clock_timestamp() where group_name = $1 and topic = $2 and key = $3
       and not exists (select from bus.parked_messages m
         where m.group_name = $1 and m.topic = $2 and m.key = $3 and m.position < $4 and m.skipped_at is null)`,
      [skipped.group_name, skipped.topic, skipped.key, skipped.position],
    )
    return true
  })
}

/** How many messages each group has parked. */
export async function countParked(database: Database): Promise<{ group: string; topic: string; parked: number }[]> {
  const { rows } = await database.pool.query<{ group: string; topic: string; parked: number }>(
    'select group_name as "group", topic, count(*) as parked from bus.parked_messages where skipped_at is null group by 1, 2',
  )
  return rows
}

/** Skipped messages are kept for the record as long as raw webhooks are. */
export async function forgetSkipped(database: Database, now: Date): Promise<void> {
  const before = new Date(now.getTime() - LIMITS.webhookRetentionDays * 86_400_000)
  await database.pool.query('delete from bus.parked_messages where skipped_at < $1', [before])
}
