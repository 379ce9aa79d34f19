import type { ProviderError } from '#channels/connector.ts'
import type { BatchTx } from '#platform/db/database.ts'
import type { EmittedEvent } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { findHeads, type Head, type HeadFile } from './find-heads.ts'
import { type Lease, lockLeases } from './leases.ts'
import { changedEvent, type DeliveryKey, type DeliveryRow, type Lane, lockDeliveries, writeDeliveries } from './rows.ts'
import { isOver } from './status.ts'
import { refused, started } from './transitions.ts'

/** A leased account with room to send on one lane. */
export interface Room extends Lease {
  lane: Lane
  /** How many calls may start now. */
  calls: number
}

export interface ClaimOptions {
  holder: Id<'sender'>
  rooms: readonly Room[]
  /** Most calls over all accounts. */
  limit: number
  /** Does the channel close free-form messages some time after the customer's last (invariant I8)? */
  hasReplyWindow: boolean
  /** Lines over their pair limit. */
  restingLines: readonly Id<'line'>[]
  /** Deliveries whose file is on its way to the provider. */
  uploading: readonly Id<'delivery'>[]
}

/** A call that is committed as an attempt, and may now be made. */
export interface ClaimedCall extends DeliveryKey {
  messageId: Id<'message'>
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  attemptId: Id<'attempt'>
  tries: number
  lane: Lane
}

/** The head of a line whose file the provider does not have yet. */
export interface WaitingUpload extends DeliveryKey, HeadFile {
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  tries: number
}

export interface Claim {
  calls: ClaimedCall[]
  uploads: WaitingUpload[]
  /** Not allowed to leave: the reply window closed before their turn came. */
  windowClosed: number
  events: EmittedEvent[]
}

/**
 * Claims the head of each (line, lane) with room, one call per line, and commits an attempt for each: whatever happens after
 * this transaction, the call counts as made (I5). Only a live lease may claim; one that ran out claims nothing. Heads whose
 * reply window has closed fail without a call (I8). A poll that finds nothing is one query, however many accounts are held.
 */
export async function claimDeliveries(tx: BatchTx, options: ClaimOptions): Promise<Claim> {
  const found = await findHeads(tx, options)
  if (found.length === 0) return { calls: [], uploads: [], windowClosed: 0, events: [] }
  const epochs = await lockLeases(tx, options.holder, leasesOf(found, options.rooms))
  const heads = withinRoom(found, options.rooms).filter((head) => epochs.has(head.channelAccountId))
  const uploads = heads.filter((head) => isOpen(head, options, tx.now)).flatMap(uploadOf)

  const rows = await lockDeliveries(tx, heads)
  const moved: DeliveryRow[] = []
  const calls: ClaimedCall[] = []
  for (const head of heads) {
    const row = rows.get(head.deliveryId)
    if (!row || isOver(row.state) || row.attemptId !== null) continue
    if (!isOpen(head, options, tx.now)) moved.push(refused(row, windowClosed, tx.now))
    else if (head.file === null || head.file.providerMediaId !== null) {
      const next = started(row, newId('attempt'), tx.now)
      moved.push(next)
      calls.push(callOf(next))
    }
  }
  await writeDeliveries(tx, moved)
  await insertAttempts(tx, calls, epochs)
  return { calls, uploads, windowClosed: moved.length - calls.length, events: moved.map((row) => changedEvent(row, tx.now)) }
}

const windowClosed: ProviderError = {
  code: 'window_closed',
  class: 'window',
  title: 'The reply window closed before the message could be sent',
}

function isOpen(head: Head, { hasReplyWindow }: ClaimOptions, now: Date): boolean {
  return !hasReplyWindow || head.isTemplate || (head.windowExpiresAt !== null && head.windowExpiresAt > now)
}

/** An account's lanes share its rate: together they start no more calls than the wider of them may. */
function withinRoom(heads: readonly Head[], rooms: readonly Room[]): Head[] {
  const left = new Map<Id<'channelAccount'>, number>()
  for (const { channelAccountId, calls } of rooms) left.set(channelAccountId, Math.max(calls, left.get(channelAccountId) ?? 0))
  return heads.filter(({ channelAccountId }) => {
    const room = left.get(channelAccountId) ?? 0
    left.set(channelAccountId, room - 1)
    return room > 0
  })
}

function leasesOf(heads: readonly Head[], rooms: readonly Room[]): Lease[] {
  const wanted = new Set(heads.map((head) => head.channelAccountId))
  return [...new Map(rooms.filter((room) => wanted.has(room.channelAccountId)).map((room) => [room.channelAccountId, room])).values()]
}

function uploadOf({ tenantId, deliveryId, lineId, channelAccountId, tries, file }: Head): WaitingUpload[] {
  return file === null || file.providerMediaId !== null ? [] : [{ tenantId, deliveryId, lineId, channelAccountId, tries, ...file }]
}

function callOf(row: DeliveryRow): ClaimedCall {
  if (row.attemptId === null) throw new Error('a started call has its attempt')
  const { tenantId, id: deliveryId, messageId, lineId, channelAccountId, attemptId, tries, lane } = row
  return { tenantId, deliveryId, messageId, lineId, channelAccountId, attemptId, tries, lane }
}

/** The attempts of calls about to be made, under the epochs of the leases they are made by. */
export async function insertAttempts(
  tx: BatchTx,
  calls: readonly Pick<ClaimedCall, 'tenantId' | 'attemptId' | 'deliveryId' | 'tries' | 'channelAccountId'>[],
  epochs: ReadonlyMap<Id<'channelAccount'>, number>,
): Promise<void> {
  if (calls.length === 0) return
  await tx.sql(
    `insert into attempts (tenant_id, id, delivery_id, number, lease_epoch, started_at)
     select t, i, d, n, e, $6 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[], $5::bigint[]) as u(t, i, d, n, e)`,
    [
      calls.map((call) => toUuid(call.tenantId)),
      calls.map((call) => toUuid(call.attemptId)),
      calls.map((call) => toUuid(call.deliveryId)),
      calls.map((call) => call.tries),
      calls.map((call) => epochs.get(call.channelAccountId) ?? 0),
      tx.now,
    ],
    'insert_attempts',
  )
}
