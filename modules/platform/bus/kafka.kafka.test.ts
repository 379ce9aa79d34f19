import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import kafkajs, { Kafka, logLevel } from 'kafkajs'
import { describe, expect, inject, test } from 'vitest'
import { monotonicMs } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createLog } from '#platform/log.ts'
import { startKafka } from '#scripts/kafka.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { startProxy, throughProxy } from '#tests/setup/tcp-proxy.ts'
import { busContract } from '#tests/suites/bus-contract.ts'
import {
  aTopic,
  type BusUnderTest,
  busBench,
  eventually,
  eventuallyHealthy,
  firstTimes,
  numbered,
  recorder,
  upTo,
} from '#tests/suites/bus-harness.ts'
import { busParkingContract } from '#tests/suites/bus-parking.ts'
import { busProcessContract } from '#tests/suites/bus-processes.ts'
import { createTopics } from './kafka-cluster.ts'
import { BusRefused, BusUnavailable } from './port.ts'

const database = useDatabase()
const silent = createLog({ level: 'silent', process: 'test' })
const settings = () => ({ brokers: inject('kafkaBrokers'), topicPrefix: 'contract.', allowUnreplicated: true })
const subject: BusUnderTest = {
  database: () => database.worker,
  databaseUrl: () => database.urls.worker,
  kafka: settings,
  provision: async (topics) => {
    await createTopics(settings(), topics, silent)
  },
  timing: {
    pollMs: 50,
    leaseMs: 1_500,
    heartbeatMs: 300,
    rebalanceMs: 200,
    parkDelaysMs: [150, 300],
    backoffMs: [50, 200],
    sessionTimeoutMs: 3_000,
  },
  takeoverMs: 3_000,
}

busContract(subject)
busParkingContract(subject)
busProcessContract(subject)

describe('on Kafka', () => {
  const { open } = busBench(subject)
  test('refuses topics that are missing, or have another number of partitions', async () => {
    const topic = aTopic(3)
    await expect(open([topic], { kafka: settings() })).rejects.toThrow(BusRefused)
    await open([topic])
    await expect(open([{ ...topic, partitions: 4 }], { kafka: settings() })).rejects.toThrow(BusRefused)
  })

  test('refuses a cluster that would lose what it acknowledged with one disk, unless told otherwise', async () => {
    const topic = aTopic(1)
    await open([topic])
    await expect(open([topic], { kafka: { ...settings(), allowUnreplicated: false } })).rejects.toThrow('KAFKA_ALLOW_UNREPLICATED=on')
  })

  test('a broker that is not there is named', async () => {
    await expect(open([aTopic(1)], { kafka: { ...settings(), brokers: ['127.0.0.1:1'] } })).rejects.toThrow(/127\.0\.0\.1:1/)
  })

  test('topics keep what the table says', async () => {
    const topic = { ...aTopic(1), retentionHours: 168 }
    await open([topic])
    const admin = new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    const resource = {
      type: kafkajs.ConfigResourceTypes.TOPIC,
      name: `contract.${topic.name}`,
      configNames: ['retention.ms', 'cleanup.policy'],
    }
    const { resources } = await admin.describeConfigs({ resources: [resource], includeSynonyms: false })
    await admin.disconnect()
    const values = new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]))
    expect(Object.fromEntries(values)).toMatchObject({ 'retention.ms': String(168 * 3_600_000), 'cleanup.policy': 'delete' })
  })

  test('a foreign record that is no JSON is parked for a person, and its partition goes on', async () => {
    const topic = aTopic(1)
    const bus = await open([topic])
    const seen = recorder()
    await bus.subscribe({ topic: topic.name, group: 'foreign', maxBatch: 50, handle: seen.handle })
    const producer = new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING }).producer({
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    })
    await producer.connect()
    await producer.send({ topic: `contract.${topic.name}`, messages: [{ key: 'foreign', value: 'not json' }] })
    await producer.disconnect()
    await bus.publish(numbered(topic, ['ours'], 3))

    await eventually(() => expect(seen.of('ours')).toEqual(upTo(3)))
    await eventually(async () =>
      expect(await bus.parked.list({ group: 'foreign', limit: 10 })).toMatchObject([
        { key: 'foreign', dueAt: null, reason: 'the value is not JSON' },
      ]),
    )
  })

  test('while the database is down publishing works and consumers wait, without losing their place', async () => {
    const { hostname, port } = new URL(database.urls.worker)
    const proxy = await startProxy({ host: hostname, port: Number(port) })
    const behind = await openDatabase({ url: throughProxy(database.urls.worker, proxy), role: 'weft_worker', poolSize: 3 })
    try {
      const topic = aTopic(2)
      const bus = await open([topic], { database: behind })
      const seen = recorder((message, n) => (n === 2 && message.attempt === 1 ? { kind: 'later', reason: 'once' } : { kind: 'done' }))
      const subscription = await bus.subscribe({ topic: topic.name, group: 'no-database', maxBatch: 50, handle: seen.handle })
      await eventuallyHealthy(subscription)
      proxy.cut()
      for (const n of upTo(4)) await bus.publish(numbered(topic, ['k', 'l'], 1, n))
      await eventually(() => expect(proxy.refused()).toBeGreaterThan(20))
      expect(seen.done()).toEqual([])
      proxy.restore()

      await eventually(() => {
        for (const key of ['k', 'l']) expect(firstTimes(seen.done(), key)).toEqual(upTo(4))
      })
      await bus.close()
    } finally {
      await behind.close()
      await proxy.close()
    }
  })

  test('when the broker dies a publish is refused at its deadline; what was accepted is delivered once it is back', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'weft-kafka-own-'))
    let kafka = await startKafka({ dataDir })
    const own = { brokers: kafka.brokers, topicPrefix: '', allowUnreplicated: true }
    try {
      const topic = aTopic(2)
      await createTopics(own, [topic], silent)
      const bus = await open([topic], { kafka: own })
      const seen = recorder()
      const subscription = await bus.subscribe({ topic: topic.name, group: 'outage', maxBatch: 50, handle: seen.handle })
      await eventuallyHealthy(subscription)
      const accepted: number[] = []
      let isOver = false
      const publishing = (async () => {
        for (let n = 1; !isOver; n++) {
          await bus.publish(numbered(topic, ['k'], 1, n)).then(
            () => accepted.push(n),
            () => undefined,
          )
        }
      })()
      await eventually(() => expect(accepted.length).toBeGreaterThan(20))
      process.kill(kafka.pid, 'SIGKILL')
      await kafka.exited
      const started = monotonicMs()
      await expect(bus.publish(numbered(topic, ['other'], 1))).rejects.toThrow(BusUnavailable)
      expect(monotonicMs() - started).toBeLessThan(6_000)
      const before = accepted.length
      kafka = await startKafka({ dataDir, port: kafka.port })

      await eventually(() => expect(accepted.length).toBeGreaterThan(before + 20), 60_000)
      isOver = true
      await publishing
      await eventually(() => expect(firstTimes(seen.handled, 'k')).toEqual(expect.arrayContaining(accepted)), 60_000)
      const order = firstTimes(seen.handled, 'k')
      expect(order).toEqual([...order].sort((a, b) => a - b))
      await bus.close()
    } finally {
      await kafka.stop()
      rmSync(dataDir, { recursive: true, force: true })
    }
  })
})
