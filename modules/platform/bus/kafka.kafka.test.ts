import { inject } from 'vitest'
import { createLog } from '#platform/log.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { busContract } from '#tests/suites/bus-contract.ts'
import type { BusUnderTest } from '#tests/suites/bus-harness.ts'
import { busProcessContract } from '#tests/suites/bus-processes.ts'
import { createTopics } from './kafka-cluster.ts'

const database = useDatabase()
const kafka = () => ({ brokers: inject('kafkaBrokers'), topicPrefix: 'contract.', allowUnreplicated: true })

const subject: BusUnderTest = {
  database: () => database.worker,
  databaseUrl: () => database.urls.worker,
  kafka,
  provision: async (topics) => {
    await createTopics(kafka(), topics, createLog({ level: 'silent', process: 'test' }))
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
busProcessContract(subject)
