import { rmSync } from 'node:fs'
import { createTopics } from '#platform/bus/kafka-cluster.ts'
import { TOPICS } from '#platform/bus/topics.ts'
import { createLog } from '#platform/log.ts'
import { startKafka } from '#scripts/kafka.ts'
import { temporaryDirectory } from './cluster.ts'
import { mustStop } from './ending.ts'

/** A real broker for one benchmark, with the product's topics. */
export interface Broker {
  brokers: string[]
  /** What a process of the product needs to use it. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** @throws KafkaError where Java or Maven is missing */
export async function startBroker(): Promise<Broker> {
  const dataDir = temporaryDirectory('weft-bench-kafka-')
  const kafka = await startKafka({ dataDir })
  const stop = mustStop(async () => {
    await kafka.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  try {
    await createTopics({ brokers: kafka.brokers, allowUnreplicated: true }, TOPICS, createLog({ level: 'warn', process: 'bench' }))
  } catch (error) {
    await stop()
    throw error
  }
  return { brokers: kafka.brokers, env: { KAFKA_BROKERS: kafka.brokers.join(','), KAFKA_ALLOW_UNREPLICATED: 'on' }, stop }
}
