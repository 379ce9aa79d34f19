import pg from 'pg'
import { LIMITS } from '../limits.ts'
import type { BusAdapter, BusContext } from './adapter.ts'
import { countParked, forgetSkipped, listParked, replayParked, skipParked } from './parking.ts'
import type { Subscription, TopicLag } from './port.ts'
import { PostgresSubscription } from './postgres-consume.ts'
import { Hints } from './postgres-hints.ts'
import { openLogs, registerGroup } from './postgres-logs.ts'
import { postgresPublisher } from './postgres-publish.ts'
import { deleteExpired } from './postgres-retention.ts'
import { encodeRecords } from './records.ts'
import type { Topic } from './topics.ts'

/** Connections of the bus alone, so that a publish never waits for a worker's long transactions. */
const CONNECTIONS = 4
/** The server ends a statement nobody waits for; the client drops a connection that doesn't answer (a frozen server). */
const TIMEOUTS = { statement_timeout: LIMITS.busPublishDeadlineMs, query_timeout: LIMITS.busPublishDeadlineMs }

/** For one machine: the log lies in the database every install has. Stopping it is stopping everything, as it should be. */
export async function openPostgresBus(context: BusContext, topics: readonly Topic[]): Promise<BusAdapter> {
  const connection = { ...context.database.pool.options, application_name: 'weft_bus', keepAlive: true, ...TIMEOUTS }
  const pool = new pg.Pool({ ...connection, max: CONNECTIONS })
  // pg hangs the whole client on this error, so only its words are logged.
  pool.on('error', (error) => context.log.warn({ reason: error.message }, 'an idle connection of the bus broke'))
  const hints = new Hints({ pool, connection, log: context.log })
  try {
    const logs = await openLogs(pool, topics)
    const publisher = postgresPublisher({
      pool,
      logs,
      onWritten: (written) => hints.send(written),
      onFailure: (error) => {
        context.instruments.publishFailures.inc()
        context.log.warn({ error }, 'a write to the bus failed; it is tried again until its deadline')
      },
    })
    const subscriptions = new Set<Subscription>()
    return {
      publish: async (records) => {
        if (records.length === 0) return
        await publisher.add(encodeRecords(topics, records))
        for (const { topic } of records) context.instruments.published.inc({ topic })
      },
      subscribe: async (options) => {
        await registerGroup(pool, options.group, options.topic)
        const subscription = new PostgresSubscription(context, { pool, logs, hints }, options)
        subscriptions.add(subscription)
        return {
          isHealthy: () => subscription.isHealthy(),
          stop: () => subscription.stop().finally(() => subscriptions.delete(subscription)),
        }
      },
      lag: () => readLag(pool, context),
      parked: {
        list: (filter) => listParked(context.database, filter),
        replay: (id) => replayParked(context.database, id),
        skip: (id, by) => skipParked(context.database, context.clock, id, by),
      },
      housekeep: async () => {
        await deleteExpired(pool, logs, topics, context.clock.now())
        await forgetSkipped(context.database, context.clock.now())
      },
      close: async () => {
        await Promise.all([...subscriptions].map((subscription) => subscription.stop()))
        await publisher.close()
        await hints.close()
        await pool.end()
      },
    }
  } catch (error) {
    await pool.end()
    throw error
  }
}

async function readLag(pool: pg.Pool, context: BusContext): Promise<TopicLag[]> {
  const { rows } = await pool.query<{ topic: string; group: string; messages: number }>(
    `select p.topic, c.group_name as "group", sum(p.next_position - 1 - c.position)::bigint as messages
     from bus.cursors c join bus.partitions p using (log_id) group by 1, 2 order by 1, 2`,
  )
  const parked = await countParked(context.database)
  return rows.map((row) => ({
    ...row,
    parked: parked.find(({ group, topic }) => group === row.group && topic === row.topic)?.parked ?? 0,
  }))
}
