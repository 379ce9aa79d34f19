import { once } from 'node:events'
import type { Http } from '#channels/connector.ts'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { startSender } from '#modules/deliveries/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { systemClock } from '#platform/clock.ts'
import { openDatabase } from '#platform/db/database.ts'
import { createHttp } from '#platform/http/client.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { senderKeys } from '#tests/builders/outbound.ts'

/**
 * A sender in a process of its own, for tests that kill and freeze it:
 * `sender-process.ts <worker url> <graph url> <blob folder> <lease ms> <stands at>`. It can be told to stand still before the
 * lease is checked, before a request is written, or after its answer was read; it says so and waits for the blow, or for `go`.
 */
const [url = '', graphUrl = '', blobFolder = '', leaseMs = '', standsAt = ''] = process.argv.slice(2)
const database = await openDatabase({ url, role: 'weft_worker', poolSize: 4 })
const real = createHttp({ timeoutMs: 20_000 })
const standAt = async (step: string): Promise<void> => {
  if (standsAt !== step) return
  process.send?.(step)
  await once(process, 'message')
}
const http: Http = async (request) => {
  await standAt('before write')
  const answer = await real(request)
  await standAt('after answer')
  return answer
}
const whatsapp = createWhatsapp({ graphUrl })
startSender({
  channel: 'whatsapp',
  connector: {
    ...whatsapp,
    send: async (...call) => {
      await standAt('before check')
      return whatsapp.send(...call)
    },
  } as typeof whatsapp,
  ...{ database, http, keys: senderKeys, clock: systemClock },
  ...{
    blobs: createDiskBlobs(blobFolder),
    log: createLog({ level: 'silent', process: 'sender' }),
    metrics: createMetrics({ defaults: false }),
  },
  ...{ leaseMs: Number(leaseMs), pollMs: 50 },
})
process.send?.('started')
// Ends with its parent, also when that was killed.
await once(process, 'disconnect')
process.exit(0)
