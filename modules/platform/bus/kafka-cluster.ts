import kafkajs, { type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import type { Logger } from '../log.ts'
import { BusRefused, BusUnavailable } from './port.ts'
import type { Topic } from './topics.ts'

export interface KafkaOptions {
  /** `host:port` each. */
  brokers: readonly string[]
  /** Put before every topic and group, for clusters shared with others. */
  topicPrefix?: string
  /** Accept a cluster that loses what it acknowledged when one disk dies; for tests and trials. */
  allowUnreplicated?: boolean
}

const REPLICAS = 3
const MIN_INSYNC = 2

/** kafkajs waits up to 30 s between tries; a broker that is back should be noticed at once. */
export const PATIENCE = { retries: 5, initialRetryTime: 200, maxRetryTime: 1_000 }

/** kafkajs, speaking through our log. `retry` is for its own connections; what is retried beyond that is our decision. */
export function kafkaClient(options: KafkaOptions, log: Logger, settings: Partial<KafkaConfig> = {}): Kafka {
  const levels = { [logLevel.ERROR]: 'warn', [logLevel.WARN]: 'warn', [logLevel.INFO]: 'debug', [logLevel.DEBUG]: 'trace' } as const
  return new Kafka({
    clientId: 'weft',
    brokers: [...options.brokers],
    connectionTimeout: 2_000,
    requestTimeout: 10_000,
    retry: PATIENCE,
    logLevel: logLevel.INFO,
    logCreator:
      () =>
      ({ namespace, level, log: { message, error, groupId } }) => {
        log[levels[level as keyof typeof levels] ?? 'debug']({ kafka: namespace, groupId, reason: error }, message)
      },
    ...settings,
  })
}

/** Runs `work` on an admin connection of its own. @throws BusUnavailable when no broker answers */
export async function withAdmin<T>(kafka: Kafka, brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin()
  try {
    await admin.connect()
  } catch (error) {
    throw new BusUnavailable(`none of the Kafka brokers ${brokers.join(', ')} answers`, { cause: error })
  }
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

/**
 * Compares the cluster with the table of topics.
 * @throws BusRefused when a topic is missing, has another number of partitions (its keys would change places), or is kept in
 *   fewer than three copies with two in sync, unless that is allowed
 */
export async function checkTopics(admin: Admin, options: KafkaOptions, topics: readonly Topic[]): Promise<void> {
  const names = topics.map((topic) => prefixed(options, topic.name))
  const existing = new Set(await admin.listTopics())
  const missing = names.filter((name) => !existing.has(name))
  if (missing.length > 0) throw new BusRefused(`Kafka has no topic ${missing.join(', ')}. Run the deploy step that creates topics.`)
  const found = await admin.fetchTopicMetadata({ topics: names })
  for (const topic of topics) {
    const count = found.topics.find(({ name }) => name === prefixed(options, topic.name))?.partitions.length ?? 0
    if (count !== topic.partitions) {
      throw new BusRefused(
        `Topic ${prefixed(options, topic.name)} has ${count} partitions on Kafka, this version wants ${topic.partitions}. The count is fixed for good, because a key's partition depends on it.`,
      )
    }
  }
  if (options.allowUnreplicated) return
  const few = found.topics.filter(({ partitions }) => partitions.some(({ replicas }) => replicas.length < REPLICAS)).map(({ name }) => name)
  const loose = (await minInsync(admin, names)).filter(({ value }) => value < MIN_INSYNC).map(({ name }) => name)
  const weak = [...new Set([...few, ...loose])]
  if (weak.length > 0) {
    throw new BusRefused(
      `Kafka keeps ${weak.join(', ')} in fewer than ${REPLICAS} replicas or with min.insync.replicas below ${MIN_INSYNC}: one dead disk would lose accepted messages. Set KAFKA_ALLOW_UNREPLICATED=on to accept that.`,
    )
  }
}

// Node can't name this export of a CommonJS package, so it comes by the default one.
async function minInsync(admin: Admin, names: readonly string[]): Promise<{ name: string; value: number }[]> {
  const resources = names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: ['min.insync.replicas'] }))
  const described = await admin.describeConfigs({ resources, includeSynonyms: false })
  return described.resources.map(({ resourceName, configEntries }) => ({
    name: resourceName,
    value: Number(configEntries[0]?.configValue),
  }))
}

/**
 * A deploy step: creates the topics that are missing, with their retention, in three replicas (as many as there are brokers
 * where unreplicated clusters are allowed), then checks them all.
 * @returns the names created now
 */
export async function createTopics(options: KafkaOptions, topics: readonly Topic[], log: Logger): Promise<string[]> {
  return withAdmin(kafkaClient(options, log), options.brokers, async (admin) => {
    const existing = new Set(await admin.listTopics())
    const missing = topics.filter((topic) => !existing.has(prefixed(options, topic.name)))
    const { brokers } = await admin.describeCluster()
    const replicas = options.allowUnreplicated ? Math.min(REPLICAS, brokers.length) : REPLICAS
    if (missing.length > 0) {
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic: prefixed(options, topic.name),
          numPartitions: topic.partitions,
          replicationFactor: replicas,
          configEntries: [
            { name: 'retention.ms', value: String(Math.round(topic.retentionHours * 3_600_000)) },
            { name: 'min.insync.replicas', value: String(Math.min(MIN_INSYNC, replicas)) },
            { name: 'cleanup.policy', value: 'delete' },
          ],
        })),
      })
    }
    await checkTopics(admin, options, topics)
    return missing.map((topic) => prefixed(options, topic.name))
  })
}

export const prefixed = (options: KafkaOptions, name: string): string => `${options.topicPrefix ?? ''}${name}`
