import type { BatchTx } from '../db/database.ts'
import type { EmittedEvent } from '../events.ts'
import { fromUuid, type Id, type IdKind } from '../ids.ts'
import type { TimerDefinition } from './timers.ts'

/** A timer whose time has come. */
export interface DueTimer<Kind extends IdKind, Payload> {
  tenantId: Id<'tenant'>
  objectId: Id<Kind>
  version: number
  dueAt: Date
  payload: Payload
}

/** What a handler did: the events it caused, and the objects somebody else had locked, whose timers stay for the next poll. */
export interface Fired<Kind extends IdKind> {
  events: readonly EmittedEvent[]
  busy: readonly Id<Kind>[]
}

/** A row of `bus.timers` as the runner claims it. */
export interface TimerRow {
  tenant_id: string
  object_id: string
  due_at: Date
  version: number
  payload: unknown
}

/** One kind's handler with its types folded away, as the runner takes it. */
export interface TimerHandler {
  kind: string
  /** @returns the events to emit and the uuids of busy objects */
  fire(tx: BatchTx, rows: readonly TimerRow[]): Promise<{ events: readonly EmittedEvent[]; busy: ReadonlySet<string> }>
}

/**
 * What happens when timers of one kind are due. `fire` runs in one transaction over the tenants concerned; the timers are
 * gone if it commits. Two rules keep it right:
 * - the object's version is compared with the timer's: a newer one means the timer has been overtaken and does nothing;
 * - objects are locked with `for update skip locked`, and those skipped are answered as `busy`. Everybody else locks the
 *   object first and its timer afterwards, so waiting for an object here could end in a deadlock.
 */
export function handleTimers<Kind extends IdKind, Payload>(
  definition: TimerDefinition<Kind, Payload>,
  fire: (tx: BatchTx, timers: readonly DueTimer<Kind, Payload>[]) => Promise<Fired<Kind>>,
): TimerHandler {
  return {
    kind: definition.kind,
    fire: async (tx, rows) => {
      const uuids = new Map(rows.map((row) => [fromUuid(definition.object, row.object_id), row.object_id]))
      const timers = rows.map((row) => ({
        tenantId: fromUuid('tenant', row.tenant_id),
        objectId: fromUuid(definition.object, row.object_id),
        version: row.version,
        dueAt: row.due_at,
        payload: definition.schema.parse(row.payload),
      }))
      const { events, busy } = await fire(tx, timers)
      return { events, busy: new Set(busy.flatMap((objectId) => uuids.get(objectId) ?? [])) }
    },
  }
}
