import type { Kafka } from 'kafkajs'
import type { BusAdapter, BusContext } from './adapter.ts'
import { checkTopics, type KafkaOptions, kafkaClient, prefixed, withAdmin } from './kafka-cluster.ts'
import { KafkaSubscription } from './kafka-consume.ts'
import { kafkaPublisher } from './kafka-publish.ts'
import { countParked, forgetSkipped, listParked, replayParked, skipParked } from './parking.ts'
import type { Subscription, TopicLag } from './port.ts'
import { encodeRecords } from './records.ts'
import { type Topic, topicIn } from './topics.ts'

/**
 * For more than one machine. PostgreSQL holds what is parked and nothing else of it: publishing works while the database is
 * down, and consumers wait for it without losing their place.
 */
export async function openKafkaBus(context: BusContext, options: KafkaOptions, topics: readonly Topic[]): Promise<BusAdapter> {
  const kafka = kafkaClient(options, context.log)
  await withAdmin(kafka, options.brokers, (admin) => checkTopics(admin, options, topics))
  // Its own client with impatient connections: the deadline of a publish leaves no room for kafkajs' patience.
  const impatient = kafkaClient(options, context.log, {
    requestTimeout: 5_000,
    retry: { retries: 1, initialRetryTime: 100, maxRetryTime: 500 },
  })
  const publisher = await kafkaPublisher(impatient, options, context.clock, (error) => {
    context.instruments.publishFailures.inc()
    context.log.warn({ error }, 'a write to Kafka failed; the whole batch is sent again until its deadline')
  })
  const subscriptions = new Set<Subscription>()
  const groups = new Map(topics.map((topic) => [topic.name, new Set(topic.groups)]))
  return {
    publish: async (records) => {
      if (records.length === 0) return
      await publisher.commit.add(encodeRecords(topics, records))
      for (const { topic } of records) context.instruments.published.inc({ topic })
    },
    subscribe: async (wanted) => {
      const topic = topicIn(topics, wanted.topic)
      groups.get(topic.name)?.add(wanted.group)
      const names = { topic: prefixed(options, topic.name), group: prefixed(options, wanted.group) }
      const subscription = new KafkaSubscription(context, kafka, topic, names, wanted)
      subscriptions.add(subscription)
      return {
        isHealthy: () => subscription.isHealthy(),
        stop: () => subscription.stop().finally(() => subscriptions.delete(subscription)),
      }
    },
    lag: () => readLag(kafka, context, options, groups),
    parked: {
      list: (filter) => listParked(context.database, filter),
      replay: (id) => replayParked(context.database, id),
      skip: (id, by) => skipParked(context.database, context.clock, id, by),
    },
    housekeep: () => forgetSkipped(context.database, context.clock.now()),
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()))
      await publisher.close()
    },
  }
}

async function readLag(
  kafka: Kafka,
  context: BusContext,
  options: KafkaOptions,
  groups: ReadonlyMap<string, ReadonlySet<string>>,
): Promise<TopicLag[]> {
  const parked = await countParked(context.database)
  return withAdmin(kafka, options.brokers, async (admin) => {
    const lag: TopicLag[] = []
    for (const [topic, names] of groups) {
      const name = prefixed(options, topic)
      const ends = await admin.fetchTopicOffsets(name)
      for (const group of names) {
        const [committed] = await admin.fetchOffsets({ groupId: prefixed(options, group), topics: [name] })
        const messages = ends.reduce((sum, { partition, high, low }) => {
          const offset = Number(committed?.partitions.find((one) => one.partition === partition)?.offset ?? -1)
          return sum + Number(high) - Math.max(offset, Number(low))
        }, 0)
        lag.push({ topic, group, messages, parked: parked.find((one) => one.group === group && one.topic === topic)?.parked ?? 0 })
      }
    }
    return lag
  })
}
