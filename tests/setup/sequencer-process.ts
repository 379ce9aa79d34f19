import { once } from 'node:events'
import { openDatabase } from '#platform/db/database.ts'
import { startSequencer } from '#platform/event-log/sequencer.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'

/**
 * A sequencer in a process of its own, for tests that kill and freeze it: `sequencer-process.ts <worker url> <lease ms>`.
 * Small batches, so that there is always more to move when the blow falls.
 */
const [url = '', leaseMs = ''] = process.argv.slice(2)
const database = await openDatabase({ url, role: 'weft_worker', poolSize: 2 })
startSequencer({
  database,
  log: createLog({ level: 'silent', process: 'sequencer' }),
  metrics: createMetrics(),
  leaseMs: Number(leaseMs),
  perShard: 7,
})
process.send?.('started')
// Ends with its parent, also when that was killed.
await once(process, 'disconnect')
process.exit(0)
