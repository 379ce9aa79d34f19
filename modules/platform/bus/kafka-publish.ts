import { type Kafka, Partitioners, type Producer, type RecordMetadata, type TopicMessages } from 'kafkajs'
import type { Clock } from '../clock.ts'
import { LIMITS } from '../limits.ts'
import { GroupCommit, within } from './group-commit.ts'
import { type KafkaOptions, prefixed } from './kafka-cluster.ts'
import type { Encoded } from './records.ts'

/** kafkajs has no linger of its own. */
const LINGER_MS = 3
const MOST_RECORDS = 2_000
/** Below a broker's default message.max.bytes, which holds for a partition's part of a request. */
const MOST_BYTES = 950_000

export interface KafkaPublisher {
  commit: GroupCommit<Encoded>
  close(): Promise<void>
}

/**
 * One `sendBatch` at a time for the calls of three milliseconds. kafkajs neither retries (it was seen to resolve with messages
 * unwritten after one broker had answered NOT_LEADER and another had acknowledged) nor is it idempotent (then it retries
 * without end): a batch counts as written when every partition in it came back with an offset, else all of it is sent again.
 */
export async function kafkaPublisher(
  kafka: Kafka,
  options: KafkaOptions,
  clock: Clock,
  onFailure: (error: unknown) => void,
): Promise<KafkaPublisher> {
  const producer = kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    allowAutoTopicCreation: false,
    idempotent: false,
    retry: { retries: 0 },
  })
  await producer.connect()
  const commit = new GroupCommit<Encoded>({
    lingerMs: LINGER_MS,
    maxEntries: MOST_RECORDS,
    maxBytes: MOST_BYTES,
    maxBufferedBytes: LIMITS.busBufferBytes,
    deadlineMs: LIMITS.busPublishDeadlineMs,
    sizeOf: (record) => record.sizeBytes,
    onFailure,
    write: (records) => send(producer, options, records, String(clock.now().getTime())),
  })
  return {
    commit,
    close: async () => {
      await commit.close()
      await producer.disconnect()
    },
  }
}

async function send(producer: Producer, options: KafkaOptions, records: readonly Encoded[], timestamp: string): Promise<void> {
  const byTopic = new Map<string, TopicMessages>()
  const wanted = new Set<string>()
  for (const { topic, partition, key, value } of records) {
    const name = prefixed(options, topic)
    const messages = byTopic.get(name)?.messages ?? []
    messages.push({ key, value, partition, timestamp })
    byTopic.set(name, { topic: name, messages })
    wanted.add(`${name}/${partition}`)
  }
  const timeout = LIMITS.busPublishDeadlineMs
  const results = await within(timeout, 'Kafka', producer.sendBatch({ acks: -1, timeout, topicMessages: [...byTopic.values()] }))
  for (const result of results) if (hasOffset(result)) wanted.delete(`${result.topicName}/${result.partition}`)
  if (wanted.size > 0) throw new Error(`Kafka gave no offset for ${[...wanted].join(', ')}`)
}

function hasOffset({ errorCode, baseOffset, offset }: RecordMetadata): boolean {
  return errorCode === 0 && Number(baseOffset ?? offset ?? -1) >= 0
}
