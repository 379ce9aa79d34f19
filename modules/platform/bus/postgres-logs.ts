import type pg from 'pg'
import { BusRefused } from './port.ts'
import type { Topic } from './topics.ts'

/** The row of bus.partitions behind each (topic, partition). */
export interface Logs {
  logId(topic: string, partition: number): number
  partitionsOf(topic: string): readonly { logId: number; partition: number }[]
}

/**
 * Makes the partitions of every topic and the cursors of every declared group, so that retention waits even for a worker that
 * has never run.
 * @throws BusRefused when a topic was made with another number of partitions: its keys would change places
 */
export async function openLogs(pool: pg.Pool, topics: readonly Topic[]): Promise<Logs> {
  const names = topics.map((topic) => topic.name)
  await pool.query(
    `insert into bus.partitions (topic, partition)
     select name, partition from unnest($1::text[], $2::int[]) as topic(name, partitions), generate_series(0, partitions - 1) as partition
     where not exists (select from bus.partitions p where p.topic = name) on conflict do nothing`,
    [names, topics.map((topic) => topic.partitions)],
  )
  const { rows } = await pool.query<{ log_id: number; topic: string; partition: number }>(
    'select log_id, topic, partition from bus.partitions where topic = any($1::text[]) order by topic, partition',
    [names],
  )
  const logs = new Map<string, { logId: number; partition: number }[]>(names.map((name) => [name, []]))
  for (const row of rows) logs.get(row.topic)?.push({ logId: row.log_id, partition: row.partition })
  for (const topic of topics) refuseOtherCount(topic, logs.get(topic.name)?.length ?? 0)
  for (const topic of topics) for (const group of topic.groups) await registerGroup(pool, group, topic.name)
  const partitionsOf = (topic: string) => {
    const found = logs.get(topic)
    if (!found) throw new Error(`no such topic: ${topic}`)
    return found
  }
  return {
    partitionsOf,
    logId: (topic, partition) => {
      const log = partitionsOf(topic)[partition]
      if (!log) throw new Error(`no partition ${partition} in ${topic}`)
      return log.logId
    },
  }
}

function refuseOtherCount(topic: Topic, found: number): void {
  if (found === topic.partitions) return
  throw new BusRefused(
    `Topic ${topic.name} has ${found} partitions in the database, this version wants ${topic.partitions}. The count is fixed for good, because a key's partition depends on it.`,
  )
}

/**
 * A group's cursors; one that comes late starts at the beginning of what is retained.
 * @throws BusRefused when the group reads another topic already: members share out one topic's partitions
 */
export async function registerGroup(pool: pg.Pool, group: string, topic: string): Promise<void> {
  const { rows } = await pool.query<{ topic: string }>(
    'select p.topic from bus.cursors c join bus.partitions p using (log_id) where c.group_name = $1 and p.topic <> $2 limit 1',
    [group, topic],
  )
  if (rows[0]) throw new BusRefused(`The group ${group} reads ${rows[0].topic}; ${topic} needs a group of its own.`)
  await pool.query(
    `insert into bus.cursors (group_name, log_id, position)
     select $1, p.log_id, coalesce((select min(r.position) from bus.records r where r.log_id = p.log_id), p.next_position) - 1
     from bus.partitions p where p.topic = $2 on conflict do nothing`,
    [group, topic],
  )
}
