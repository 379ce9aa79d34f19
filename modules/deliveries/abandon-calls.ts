import type { BatchTx } from '#platform/db/database.ts'
import type { EmittedEvent } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { type Lease, lockLeases } from './leases.ts'
import { changedEvent, lockDeliveries, writeDeliveries } from './rows.ts'
import { lost } from './transitions.ts'

export interface AbandonOptions {
  holder: Id<'sender'>
  leases: readonly Lease[]
  /** Calls of this sender that still run. */
  running: readonly Id<'attempt'>[]
}

/**
 * Writes off the calls of senders that are gone: their lease ran out between the commit of the attempt and its answer, so the
 * provider may have the message or not. They become `unknown` and are never repeated (I5); if the old sender was only frozen,
 * what it still finds out settles them.
 * @returns how many were written off, and the events for the caller's `emit`
 */
export async function abandonCalls(tx: BatchTx, options: AbandonOptions): Promise<{ abandoned: number; events: EmittedEvent[] }> {
  const epochs = await lockLeases(tx, options.holder, options.leases)
  const held = options.leases.filter((lease) => epochs.has(lease.channelAccountId))
  const found = await tx.sql<{ tenant_id: string; delivery_id: string; attempt_id: string }>(
    `select d.tenant_id, d.id as delivery_id, a.id as attempt_id
     from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as l(tenant_id, channel_account_id, epoch)
     join deliveries d on d.tenant_id = l.tenant_id and d.channel_account_id = l.channel_account_id and d.state = 'sending'
     join attempts a on a.tenant_id = d.tenant_id and a.id = d.attempt_id
     where a.id <> all($4::uuid[]) and (a.lease_epoch < l.epoch or a.started_at < $5)`,
    [
      held.map((lease) => toUuid(lease.tenantId)),
      held.map((lease) => toUuid(lease.channelAccountId)),
      held.map((lease) => lease.epoch),
      options.running.map(toUuid),
      new Date(tx.now.getTime() - LIMITS.longestCallMs),
    ],
    'find_abandoned_calls',
  )
  if (found.length === 0) return { abandoned: 0, events: [] }
  const keys = found.map((row) => ({ tenantId: fromUuid('tenant', row.tenant_id), deliveryId: fromUuid('delivery', row.delivery_id) }))
  const attempts = new Set(found.map((row) => fromUuid('attempt', row.attempt_id)))
  const rows = [...(await lockDeliveries(tx, keys)).values()].filter((row) => row.attemptId !== null && attempts.has(row.attemptId))
  await tx.sql(
    `update attempts a set outcome = 'ambiguous', error_text = 'the sender died or lost its lease before the answer', finished_at = $3
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     where a.tenant_id = w.tenant_id and a.id = w.id and a.outcome = 'pending'`,
    [rows.map((row) => toUuid(row.tenantId)), rows.map((row) => row.attemptId && toUuid(row.attemptId)), tx.now],
    'abandon_attempts',
  )
  const moved = rows.map((row) => lost(row, tx.now))
  await writeDeliveries(tx, moved)
  return { abandoned: moved.length, events: moved.map((row) => changedEvent(row, tx.now)) }
}
