import type { ProviderError, ReceiptStatus, SendOutcome } from '#channels/connector.ts'
import { type HeldLine, holdLines } from '#modules/lines/index.ts'
import { texts, uuids } from '#platform/db/arrays.ts'
import type { BatchTx } from '#platform/db/database.ts'
import type { EmittedEvent } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { bindRefs, lockRefs, type RefKey, refKey } from './external-refs.ts'
import { queueDelivery } from './queue-delivery.ts'
import { changedEvent, type DeliveryKey, type DeliveryRow, lockDeliveries, writeDeliveries } from './rows.ts'
import { type NextStep, nextStep } from './schedule.ts'
import { accepted, lost, postponed, refused, withReceipt } from './transitions.ts'

/** How one call ended. */
export interface EndedAttempt extends DeliveryKey {
  channelAccountId: Id<'channelAccount'>
  lineId: Id<'line'>
  attemptId: Id<'attempt'>
  /** How many calls the delivery has had, this one included. */
  tries: number
  outcome: SendOutcome
}

/**
 * Settles calls: the provider's name is bound to its delivery, stored receipts that were faster are applied, refusals wait for
 * their next try or fail (schedule.ts), silence becomes `unknown`. What the call found out is a fact whoever holds the lease
 * by now, so nothing here asks for it. Locks lines, then refs, then deliveries; constant number of queries.
 * @returns the events of what moved, for the caller's `emit`
 */
export async function settleAttempts(tx: BatchTx, ended: readonly EndedAttempt[]): Promise<EmittedEvent[]> {
  const steps = new Map(ended.map((attempt) => [attempt.attemptId, stepOf(attempt)]))
  await holdLines(
    tx,
    ended.flatMap((attempt) => holdOf(attempt, steps.get(attempt.attemptId), tx.now)),
  )
  await lockRefs(tx, ended.flatMap(refOf))
  const rows = await lockDeliveries(tx, ended)
  const early = await earlyReceipts(tx, ended.flatMap(refOf))
  const changed = new Map<Id<'delivery'>, DeliveryRow>()
  for (const attempt of ended) {
    const row = rows.get(attempt.deliveryId)
    if (!row) continue
    const next = moved(row, attempt, steps.get(attempt.attemptId), early, tx.now)
    if (next === row) continue
    rows.set(row.id, next)
    changed.set(row.id, next)
  }
  await bindRefs(
    tx,
    ended.flatMap((attempt) => refOf(attempt).flatMap((ref) => withMessage(ref, attempt, rows))),
  )
  await nameReceipts(tx, ended)
  await writeDeliveries(tx, [...changed.values()])
  await finishAttempts(tx, ended)
  return [...[...changed.values()].map((row) => changedEvent(row, tx.now)), ...(await queueAgain(tx, ended, steps, rows))]
}

const stepOf = ({ outcome, tries }: EndedAttempt): NextStep | undefined =>
  outcome.kind === 'refused' ? nextStep(outcome.error.class, tries, outcome.retryAfterMs) : undefined

/** Lines to lock, and until when to hold them: also those that get a new delivery below, since a line is locked first. */
function holdOf(attempt: EndedAttempt, step: NextStep | undefined, now: Date): HeldLine[] {
  if (attempt.outcome.kind !== 'refused' || step === undefined) return []
  const { tenantId, lineId, outcome } = attempt
  if (step.kind === 'retry') return [{ tenantId, lineId, until: new Date(now.getTime() + step.afterMs), reason: outcome.error.class }]
  return step.againAfterMs === null ? [] : [{ tenantId, lineId, until: now, reason: outcome.error.class }]
}

function refOf({ tenantId, channelAccountId, outcome }: EndedAttempt): RefKey[] {
  return outcome.kind === 'accepted' ? [{ tenantId, channelAccountId, externalId: outcome.externalId }] : []
}

function withMessage(ref: RefKey, { deliveryId }: EndedAttempt, rows: ReadonlyMap<Id<'delivery'>, DeliveryRow>) {
  const row = rows.get(deliveryId)
  return row ? [{ ...ref, deliveryId, messageId: row.messageId }] : []
}

function moved(row: DeliveryRow, attempt: EndedAttempt, step: NextStep | undefined, early: EarlyReceipts, now: Date): DeliveryRow {
  const { outcome, attemptId } = attempt
  if (outcome.kind === 'ambiguous') return lost(row, now)
  if (outcome.kind === 'refused') {
    if (step?.kind !== 'retry') return refused(row, outcome.error, now)
    return postponed(row, attemptId, outcome.error, new Date(now.getTime() + step.afterMs), now)
  }
  const receipts = refOf(attempt).flatMap((ref) => early.get(refKey(ref)) ?? [])
  return receipts.reduce((at, receipt) => withReceipt(at, receipt), accepted(row, outcome.externalId, now))
}

interface EarlyReceipt {
  status: ReceiptStatus
  at: Date
  externalId: string
  error?: ProviderError
}
type EarlyReceipts = ReadonlyMap<string, EarlyReceipt[]>

/** Receipts that came before anybody knew whose they were. */
async function earlyReceipts(tx: BatchTx, refs: readonly RefKey[]): Promise<EarlyReceipts> {
  const early = new Map<string, EarlyReceipt[]>()
  if (refs.length === 0) return early
  const rows = await tx.sql<{
    tenant_id: string
    channel_account_id: string
    external_id: string
    status: ReceiptStatus
    provider_time: Date
    error: ProviderError | null
  }>(
    `select r.tenant_id, r.channel_account_id, r.external_id, r.status, r.provider_time, r.error
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as w(t, c, e)
     join receipts r on r.tenant_id = w.t and r.channel_account_id = w.c and r.external_id = w.e
     where r.delivery_id is null order by r.provider_time, r.id`,
    [uuids(refs.map((ref) => ref.tenantId)), uuids(refs.map((ref) => ref.channelAccountId)), texts(refs.map((ref) => ref.externalId))],
    'early_receipts',
  )
  for (const row of rows) {
    const tenantId = fromUuid('tenant', row.tenant_id)
    const channelAccountId = fromUuid('channelAccount', row.channel_account_id)
    const key = refKey({ tenantId, channelAccountId, externalId: row.external_id })
    const receipt = { status: row.status, at: row.provider_time, externalId: row.external_id, error: row.error ?? undefined }
    early.set(key, [...(early.get(key) ?? []), receipt])
  }
  return early
}

async function nameReceipts(tx: BatchTx, ended: readonly EndedAttempt[]): Promise<void> {
  const named = ended.flatMap((attempt) => refOf(attempt).map((ref) => ({ ...ref, deliveryId: attempt.deliveryId })))
  if (named.length === 0) return
  await tx.sql(
    `update receipts r set delivery_id = w.d
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) as w(t, c, e, d)
     where r.tenant_id = w.t and r.channel_account_id = w.c and r.external_id = w.e and r.delivery_id is null`,
    [
      uuids(named.map((ref) => ref.tenantId)),
      uuids(named.map((ref) => ref.channelAccountId)),
      texts(named.map((ref) => ref.externalId)),
      uuids(named.map((ref) => ref.deliveryId)),
    ],
    'name_receipts',
  )
}

async function finishAttempts(tx: BatchTx, ended: readonly EndedAttempt[]): Promise<void> {
  const errors = ended.map(({ outcome }) => (outcome.kind === 'refused' ? outcome.error : undefined))
  await tx.sql(
    `update attempts a set outcome = w.outcome, error_code = w.code, error_class = w.class, error_text = w.words, external_id = w.external_id, finished_at = $8
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) as w(t, i, outcome, code, class, words, external_id)
     where a.tenant_id = w.t and a.id = w.i`,
    [
      uuids(ended.map((attempt) => attempt.tenantId)),
      uuids(ended.map((attempt) => attempt.attemptId)),
      texts(ended.map(({ outcome }) => outcome.kind)),
      texts(errors.map((error) => error?.code ?? null)),
      texts(errors.map((error) => error?.class ?? null)),
      texts(ended.map(({ outcome }, index) => wordsOf(outcome, errors[index]))),
      texts(ended.map(({ outcome }) => (outcome.kind === 'accepted' ? outcome.externalId : null))),
      tx.now,
    ],
    'finish_attempts',
  )
}

function wordsOf(outcome: SendOutcome, error: ProviderError | undefined): string | null {
  const words = outcome.kind === 'ambiguous' ? outcome.reason : error && [error.title, error.details].filter(Boolean).join(': ')
  return words?.slice(0, LIMITS.errorChars) ?? null
}

/**
 * Refusals that are worth a new delivery later, once: a second refusal of the same class for the same message is final.
 * Rare enough for a query each.
 */
async function queueAgain(
  tx: BatchTx,
  ended: readonly EndedAttempt[],
  steps: ReadonlyMap<Id<'attempt'>, NextStep | undefined>,
  rows: ReadonlyMap<Id<'delivery'>, DeliveryRow>,
): Promise<EmittedEvent[]> {
  const events: EmittedEvent[] = []
  for (const attempt of ended) {
    const step = steps.get(attempt.attemptId)
    const row = rows.get(attempt.deliveryId)
    if (row?.state !== 'failed' || step?.kind !== 'fail' || step.againAfterMs === null) continue
    const earlier = await tx.sql(
      'select 1 as one from deliveries where tenant_id = $1 and message_id = $2 and id <> $3 and error_class = $4 limit 1',
      [toUuid(row.tenantId), toUuid(row.messageId), toUuid(row.id), row.errorClass],
    )
    if (earlier.length > 0) continue
    const queued = await queueDelivery(tx, { ...row, dueAt: new Date(tx.now.getTime() + step.againAfterMs) })
    events.push(...queued.events)
  }
  return events
}
