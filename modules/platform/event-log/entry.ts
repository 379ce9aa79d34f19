import type { EventReach } from '../events.ts'
import { fromUuid, fromUuidOrNull, type Id } from '../ids.ts'

/** One event of the log, as everybody who may read it sees it. */
export interface LogEntry {
  tenantId: Id<'tenant'>
  /** Dense per tenant, starting at 1: a missing number means "no longer retained", never "still to come". */
  sequence: number
  id: Id<'event'>
  type: string
  key: string
  payload: unknown
  reach: EventReach | null
  causationId: Id<'event'> | null
  depth: number
  /** When it was emitted. */
  at: Date
}

/** The columns of `bus.log` that make an entry, as SQL and as a row. */
export const entryColumns = 'tenant_id, sequence, event_id, type, key, payload, reach, causation_id, depth, at'

export interface EntryRow {
  tenant_id: string
  sequence: number
  event_id: string
  type: string
  key: string
  payload: unknown
  reach: EventReach | null
  causation_id: string | null
  depth: number
  at: Date
}

export function entryOf(row: EntryRow): LogEntry {
  return {
    tenantId: fromUuid('tenant', row.tenant_id),
    sequence: row.sequence,
    id: fromUuid('event', row.event_id),
    type: row.type,
    key: row.key,
    payload: row.payload,
    reach: row.reach,
    causationId: fromUuidOrNull('event', row.causation_id),
    depth: row.depth,
    at: row.at,
  }
}
