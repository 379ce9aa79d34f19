import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach } from 'vitest'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { startSender } from '#modules/deliveries/index.ts'
import { createDiskBlobs } from '#platform/blobs/disk.ts'
import { monotonicMs, pause, systemClock } from '#platform/clock.ts'
import { createHttp } from '#platform/http/client.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { aSendingTenant, type BuiltDelivery, type SendingTenant, senderKeys } from '#tests/builders/outbound.ts'
import { deliveryView, forgetSenders, tenantRows } from '#tests/builders/sending.ts'
import type { TestDatabase } from './database.ts'
import { type GraphServer, startGraphServer } from './graph-server.ts'

/** Real senders against a provider of sockets, in one process; each test gets a tenant and a provider of its own. */
export function useSenders(database: TestDatabase) {
  const folder = mkdtempSync(join(tmpdir(), 'weft-sender-'))
  const blobs = createDiskBlobs(folder)
  const http = createHttp({ timeoutMs: 1_000 })
  const parts = { clock: systemClock, http, keys: senderKeys, log: createLog({ level: 'silent', process: 'test' }) }
  const metrics = createMetrics({ defaults: false })
  const senders: ReturnType<typeof startSender>[] = []
  const at = {
    graph: undefined as unknown as GraphServer,
    tenant: undefined as unknown as SendingTenant,
    blobs,
    parts,
    aSender: (given: { leaseMs?: number; pollMs?: number; messagesPerSecond?: number } = {}) => {
      const whatsapp = createWhatsapp({ graphUrl: at.graph.url })
      const { leaseMs = 4_000, pollMs = 50, messagesPerSecond = whatsapp.capabilities.messagesPerSecond } = given
      const connector = { ...whatsapp, capabilities: { ...whatsapp.capabilities, messagesPerSecond } }
      const sender = startSender({ ...parts, channel: 'whatsapp', connector, database: database.worker, metrics, blobs, leaseMs, pollMs })
      senders.push(sender)
      return sender
    },
    until,
    view: (delivery: BuiltDelivery) => deliveryView(database, delivery),
    untilState: (delivery: BuiltDelivery, state: string) =>
      until(
        () => at.view(delivery),
        (seen) => seen?.state === state,
      ),
    rows: <Row>(sql: string, values: unknown[] = []) => tenantRows<Row>(database, at.tenant, sql, values),
  }
  beforeEach(async () => {
    await forgetSenders(database)
    at.graph = await startGraphServer()
    at.tenant = await aSendingTenant(database.web)
  })
  afterEach(async () => {
    await Promise.all(senders.splice(0).map((sender) => sender.stop()))
    await at.graph.close()
  })
  afterAll(() => {
    http.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return at
}

/** Looks until it sees what it waits for; a busy machine is given its time. */
export async function until<T>(look: () => Promise<T> | T, isGood: (seen: T) => boolean, withinMs = 60_000): Promise<T> {
  const end = monotonicMs() + withinMs
  for (;;) {
    const seen = await look()
    if (isGood(seen)) return seen
    if (monotonicMs() > end) throw new Error(`still ${JSON.stringify(seen)}`)
    await pause(10)
  }
}
