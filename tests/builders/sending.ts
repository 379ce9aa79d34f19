import type { ProviderError, ReceiptReceived, SendOutcome } from '#channels/connector.ts'
import { abandonCalls } from '#modules/deliveries/abandon-calls.ts'
import { type Claim, claimDeliveries } from '#modules/deliveries/claim-deliveries.ts'
import { loadDeliveryViews, recordReceipts } from '#modules/deliveries/index.ts'
import { type Lease, renewLeases } from '#modules/deliveries/leases.ts'
import { settleAttempts } from '#modules/deliveries/settle-attempts.ts'
import { type Clock, heldClock, systemClock } from '#platform/clock.ts'
import type { BatchTx } from '#platform/db/database.ts'
import { type EmittedEvent, emit } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import type { TestDatabase } from '#tests/setup/database.ts'
import type { BuiltDelivery, SendingTenant } from './outbound.ts'

const SECOND = 1_000

/** Every test has the accounts for itself, so that fair shares are what it expects. */
export async function forgetSenders(database: TestDatabase): Promise<void> {
  await database.worker.platformTransaction(systemClock, async (tx) => {
    for (const table of ['bus.senders', 'bus.sender_leases', 'channel_addresses']) await tx.sql(`delete from ${table}`)
  })
}

/** One sender with its lease, and the hands to move deliveries one step at a time. */
export async function aSender(
  database: TestDatabase,
  tenant: SendingTenant,
  clock: Clock & { advance(ms: number): void } = heldClock(systemClock.now()),
) {
  const holder = newId('sender')
  const inTx = async <T>(work: (tx: BatchTx) => Promise<T & { events?: EmittedEvent[] }>): Promise<T> =>
    database.worker.batchTransaction([tenant.tenantId], clock, async (tx) => {
      const result = await work(tx)
      await emit(tx, result.events ?? [])
      return result
    })
  const lease = async (leaseMs = 60 * SECOND): Promise<Lease[]> => {
    const { held } = await database.worker.platformTransaction(clock, (tx) => renewLeases(tx, { holder, channel: 'whatsapp', leaseMs }))
    return held.filter((one) => one.tenantId === tenant.tenantId)
  }
  let leases = await lease()
  const claim = (given: { interactive?: number; bulk?: number; resting?: Id<'line'>[] } = {}): Promise<Claim> =>
    inTx((tx) =>
      claimDeliveries(tx, {
        holder,
        rooms: leases.flatMap((one) => [
          { ...one, lane: 'interactive' as const, calls: given.interactive ?? 10 },
          { ...one, lane: 'bulk' as const, calls: given.bulk ?? 10 },
        ]),
        limit: 100,
        hasReplyWindow: true,
        restingLines: given.resting ?? [],
        uploading: [],
      }),
    )
  const settle = async (claim: Claim, outcome: SendOutcome, which = 0) => {
    const call = claim.calls[which]
    if (!call) throw new Error('nothing was claimed')
    await inTx(async (tx) => ({ events: await settleAttempts(tx, [{ ...call, outcome }]) }))
  }
  const receive = (...events: Partial<ReceiptReceived>[]) =>
    inTx(async (tx) => ({
      events: await recordReceipts(
        tx,
        events.map((event) => ({
          tenantId: tenant.tenantId,
          channelAccountId: tenant.channelAccountId,
          receivedAt: clock.now(),
          event: {
            type: 'receipt',
            account: { channel: 'whatsapp', address: tenant.address },
            providerTime: clock.now().toISOString(),
            externalId: 'wamid.1',
            status: 'delivered',
            ...event,
          } as ReceiptReceived,
        })),
      ),
    }))
  return {
    clock,
    claim,
    settle,
    receive,
    lease: async (leaseMs?: number) => {
      leases = await lease(leaseMs)
      return leases
    },
    abandon: (running: Id<'attempt'>[] = []) => inTx((tx) => abandonCalls(tx, { holder, leases, running })),
  }
}

export async function deliveryView(database: TestDatabase, delivery: BuiltDelivery) {
  const views = await database.web.tenantTransaction(delivery.tenantId, systemClock, (tx) =>
    loadDeliveryViews(tx, delivery.tenantId, [delivery.messageId]),
  )
  return views.get(delivery.messageId)
}

/** A statement about one tenant, whose uuid is its first value. */
export async function tenantRows<Row>(
  database: TestDatabase,
  { tenantId }: { tenantId: Id<'tenant'> },
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  return database.worker.batchTransaction([tenantId], systemClock, (tx) => tx.sql<Row>(sql, [toUuid(tenantId), ...values]))
}

export const refusal = (code: string, errorClass: ProviderError['class'], retryAfterMs?: number): SendOutcome => ({
  kind: 'refused',
  error: { code, class: errorClass, title: `Error ${code}` },
  retryAfterMs,
})
export const accepted = (externalId: string): SendOutcome => ({ kind: 'accepted', externalId })
