import type { ProviderError, ReceiptStatus } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { DeliveryRow } from './rows.ts'
import { type DeliveryState, further } from './status.ts'

/**
 * How one word moves a delivery's row. Pure; each answers the very same object when nothing changed, so that what is said
 * twice costs neither a write nor an event.
 */

/** A receipt: moves the state, keeps the earliest time of each kind, names the delivery when the send's answer was lost. */
export function withReceipt(
  row: DeliveryRow,
  receipt: { status: ReceiptStatus; at: Date; externalId: string; error?: ProviderError },
): DeliveryRow {
  const { status, at } = receipt
  const moved: Partial<DeliveryRow> = { externalId: row.externalId ?? receipt.externalId }
  if (status === 'sent') moved.sentAt = earlier(row.sentAt, at)
  if (status === 'delivered') moved.deliveredAt = earlier(row.deliveredAt, at)
  if (status === 'read') moved.readAt = earlier(row.readAt, at)
  if (status === 'played') moved.playedAt = earlier(row.playedAt, at)
  if (status === 'failed') moved.failedAt = earlier(row.failedAt, at)
  return moveTo(row, status, moved, receipt.error)
}

/** A call is about to be made; from the commit of this on, it counts as made. */
export function started(row: DeliveryRow, attemptId: Id<'attempt'>, now: Date): DeliveryRow {
  const moved = { state: further(row.state, 'sending'), attemptId, tries: row.tries + 1, sendingAt: row.sendingAt ?? now }
  return changed(row, moved)
}

/** The provider took it and named it. */
export function accepted(row: DeliveryRow, externalId: string, now: Date): DeliveryRow {
  return moveTo(row, 'sent', { externalId: row.externalId ?? externalId, sentAt: row.sentAt ?? now })
}

/** It will not arrive: refused for good, or never allowed to leave. */
export function refused(row: DeliveryRow, error: ProviderError, now: Date): DeliveryRow {
  return moveTo(row, 'failed', { failedAt: row.failedAt ?? now }, error)
}

/** The call ended without a word, or nobody lives who could tell. */
export function lost(row: DeliveryRow, now: Date): DeliveryRow {
  return moveTo(row, 'unknown', { unknownAt: row.unknownAt ?? now })
}

/**
 * Surely not taken, to be tried again: it stays `sending`, which holds its line, until the next try. When meanwhile somebody
 * else wrote it off as unknown it is failed instead: known not to have happened, and nothing goes back.
 */
export function postponed(row: DeliveryRow, attemptId: Id<'attempt'>, error: ProviderError, dueAt: Date, now: Date): DeliveryRow {
  if (row.attemptId !== attemptId) return refused(row, error, now)
  return changed(row, { attemptId: null, dueAt, ...errorFields(error) })
}

/** A person gave it up. */
export function discarded(row: DeliveryRow, by: Id<'member'> | null, now: Date): DeliveryRow {
  return moveTo(row, 'discarded', { settledBy: by, settledAt: now })
}

function moveTo(row: DeliveryRow, word: DeliveryState, moved: Partial<DeliveryRow>, error?: ProviderError): DeliveryRow {
  const state = further(row.state, word)
  if (state !== row.state) {
    moved.state = state
    moved.attemptId = null
    // An error is shown while it is the last word; what arrived after all has none.
    Object.assign(moved, state === 'failed' && error ? errorFields(error) : noError)
  }
  return changed(row, moved)
}

function changed(row: DeliveryRow, moved: Partial<DeliveryRow>): DeliveryRow {
  const keys = Object.keys(moved) as (keyof DeliveryRow)[]
  const isSame = keys.every((key) => comparable(row[key]) === comparable(moved[key]))
  return isSame ? row : { ...row, ...moved, version: row.version + 1 }
}

const comparable = (value: unknown) => (value instanceof Date ? value.getTime() : value)

const earlier = (one: Date | null, other: Date): Date => (one !== null && one.getTime() <= other.getTime() ? one : other)

const noError = { errorCode: null, errorClass: null, errorTitle: null }

function errorFields(error: ProviderError): Pick<DeliveryRow, 'errorCode' | 'errorClass' | 'errorTitle'> {
  return { errorCode: error.code.slice(0, 100), errorClass: error.class, errorTitle: error.title.slice(0, LIMITS.errorChars) }
}
