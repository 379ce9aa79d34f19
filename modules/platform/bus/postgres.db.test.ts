import { useDatabase } from '#tests/setup/database.ts'
import { busContract } from '#tests/suites/bus-contract.ts'
import type { BusUnderTest } from '#tests/suites/bus-harness.ts'
import { busProcessContract } from '#tests/suites/bus-processes.ts'

const database = useDatabase()

const subject: BusUnderTest = {
  database: () => database.worker,
  databaseUrl: () => database.urls.worker,
  provision: async () => undefined,
  timing: { pollMs: 50, leaseMs: 1_500, heartbeatMs: 300, rebalanceMs: 200, parkDelaysMs: [150, 300], backoffMs: [50, 200] },
  takeoverMs: 1_500,
}

busContract(subject)
busProcessContract(subject)
