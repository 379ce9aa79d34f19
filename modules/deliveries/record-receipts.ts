import type { ReceiptReceived } from '#channels/connector.ts'
import { jsons, texts, times, uuids } from '#platform/db/arrays.ts'
import type { BatchTx } from '#platform/db/database.ts'
import type { EmittedEvent } from '#platform/events.ts'
import { fromUuid, type Id, isId, newId } from '#platform/ids.ts'
import { bindRefs, lockRefs, type RefKey, refKey } from './external-refs.ts'
import { changedEvent, type DeliveryKey, lockDeliveries, writeDeliveries } from './rows.ts'
import { withReceipt } from './transitions.ts'

/** One word from the provider about something we sent, resolved to whose it is. */
export interface ArrivedReceipt {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  event: ReceiptReceived
  receivedAt: Date
}

interface KnownReceipt extends ArrivedReceipt {
  deliveryId: Id<'delivery'> | null
  at: Date
}

/**
 * Stores receipts and moves the deliveries they speak of. Every receipt is stored, also one whose delivery is not known yet:
 * whoever comes second, sender or receipt, settles it, because both lock the ExternalRef first (I4, I5). A receipt that
 * carries our attempt id also names the delivery whose answer was lost.
 * Repeated and reordered receipts change nothing twice. The number of queries does not depend on the number of receipts.
 * @returns the events of what moved, for the caller's `emit`
 */
export async function recordReceipts(tx: BatchTx, receipts: readonly ArrivedReceipt[]): Promise<EmittedEvent[]> {
  const distinct = withoutRepeats(receipts)
  if (distinct.length === 0) return []
  const attempts = await findAttempts(tx, distinct)
  const refs = await lockRefs(tx, distinct.map(refOf))
  const known = distinct.map((receipt): KnownReceipt => {
    const attempt = receipt.event.echo === undefined ? undefined : attempts.get(receipt.event.echo)
    const ref = refs.get(refKey(refOf(receipt)))
    const deliveryId = ref?.deliveryId ?? (attempt?.channelAccountId === receipt.channelAccountId ? attempt.deliveryId : null)
    return { ...receipt, deliveryId, at: timeOf(receipt) }
  })
  await storeReceipts(tx, known)
  return settleKnown(tx, known)
}

async function settleKnown(tx: BatchTx, receipts: readonly KnownReceipt[]): Promise<EmittedEvent[]> {
  const about = receipts.filter((receipt): receipt is KnownReceipt & DeliveryKey => receipt.deliveryId !== null)
  const rows = await lockDeliveries(tx, about)
  const changedIds = new Set<Id<'delivery'>>()
  const named = new Map<string, RefKey & { deliveryId: Id<'delivery'>; messageId: Id<'message'> }>()
  for (const receipt of about) {
    const row = rows.get(receipt.deliveryId)
    if (!row || row.tenantId !== receipt.tenantId) continue
    const { status, externalId, error } = receipt.event
    const next = withReceipt(row, { status, externalId, error, at: receipt.at })
    const ref = refOf(receipt)
    named.set(refKey(ref), { ...ref, deliveryId: row.id, messageId: row.messageId })
    if (next === row) continue
    rows.set(row.id, next)
    changedIds.add(row.id)
  }
  await bindRefs(tx, [...named.values()])
  const changed = [...rows.values()].filter((row) => changedIds.has(row.id))
  await writeDeliveries(tx, changed)
  return changed.map((row) => changedEvent(row, tx.now))
}

const refOf = (receipt: ArrivedReceipt): RefKey => ({
  tenantId: receipt.tenantId,
  channelAccountId: receipt.channelAccountId,
  externalId: receipt.event.externalId,
})

/** A provider's time may be missing or senseless; then ours is the best we have. */
function timeOf({ event, receivedAt }: ArrivedReceipt): Date {
  const at = event.providerTime === null ? receivedAt : new Date(event.providerTime)
  return Number.isNaN(at.getTime()) ? receivedAt : at
}

function withoutRepeats(receipts: readonly ArrivedReceipt[]): ArrivedReceipt[] {
  const seen = new Map<string, ArrivedReceipt>()
  for (const receipt of receipts) {
    const { externalId, status, participant = '' } = receipt.event
    const key = JSON.stringify([receipt.tenantId, receipt.channelAccountId, externalId, status, participant])
    if (!seen.has(key)) seen.set(key, receipt)
  }
  return [...seen.values()]
}

/** The attempts that receipts echo. An echo that is no id of ours is somebody else's and means nothing. */
async function findAttempts(
  tx: BatchTx,
  receipts: readonly ArrivedReceipt[],
): Promise<Map<string, { deliveryId: Id<'delivery'>; channelAccountId: Id<'channelAccount'> }>> {
  const echoes = receipts.flatMap(({ tenantId, event }) => (isId('attempt', event.echo) ? [{ tenantId, echo: event.echo }] : []))
  if (echoes.length === 0) return new Map()
  const rows = await tx.sql<{ id: string; delivery_id: string; channel_account_id: string }>(
    `select a.id, d.id as delivery_id, d.channel_account_id
     from unnest($1::uuid[], $2::uuid[]) as e(tenant_id, id)
     join attempts a on a.tenant_id = e.tenant_id and a.id = e.id
     join deliveries d on d.tenant_id = a.tenant_id and d.id = a.delivery_id`,
    [uuids(echoes.map(({ tenantId }) => tenantId)), uuids(echoes.map(({ echo }) => echo))],
    'find_echoed_attempts',
  )
  return new Map(
    rows.map((row) => [
      fromUuid('attempt', row.id),
      { deliveryId: fromUuid('delivery', row.delivery_id), channelAccountId: fromUuid('channelAccount', row.channel_account_id) },
    ]),
  )
}

async function storeReceipts(tx: BatchTx, receipts: readonly KnownReceipt[]): Promise<void> {
  await tx.sql(
    `insert into receipts (tenant_id, id, channel_account_id, external_id, status, participant, attempt_id, delivery_id, provider_time, error, pricing, received_at)
     select t, i, c, e, s, p, a, d, at, error::jsonb, pricing::jsonb, r
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::timestamptz[], $10::text[], $11::text[], $12::timestamptz[])
       as u(t, i, c, e, s, p, a, d, at, error, pricing, r)
     on conflict (tenant_id, channel_account_id, external_id, status, participant) do nothing`,
    [
      uuids(receipts.map((receipt) => receipt.tenantId)),
      uuids(receipts.map(() => newId('receipt'))),
      uuids(receipts.map((receipt) => receipt.channelAccountId)),
      texts(receipts.map((receipt) => receipt.event.externalId)),
      texts(receipts.map((receipt) => receipt.event.status)),
      texts(receipts.map((receipt) => receipt.event.participant ?? '')),
      uuids(receipts.map(({ event }) => (isId('attempt', event.echo) ? event.echo : null))),
      uuids(receipts.map((receipt) => receipt.deliveryId)),
      times(receipts.map((receipt) => receipt.at)),
      jsons(receipts.map(({ event }) => event.error ?? null)),
      jsons(receipts.map(({ event }) => event.pricing ?? null)),
      times(receipts.map((receipt) => receipt.receivedAt)),
    ],
    'store_receipts',
  )
}
