import type { z } from 'zod'
import type { SqlTx } from '../db/sql.ts'
import { type Id, type IdKind, toUuid } from '../ids.ts'

/**
 * A kind of timer: something that becomes due on one object (a conversation, a delivery). Declared by the module that
 * schedules and fires it; times are instants, recurrence in local time is not part of this yet.
 */
export interface TimerDefinition<Kind extends IdKind, Payload> {
  /** Such as `conversation.wake`; one timer of a kind per object. */
  kind: string
  object: Kind
  schema: z.ZodType<Payload>
}

export function defineTimer<Kind extends IdKind, Payload>(
  kind: string,
  object: Kind,
  schema: z.ZodType<Payload>,
): TimerDefinition<Kind, Payload> {
  return { kind, object, schema }
}

/** One timer ready to be written. */
export interface ScheduledTimer {
  kind: string
  tenantId: Id<'tenant'>
  objectId: string
  dueAt: Date
  /** Of the object when this was decided. When it fires, a handler that finds a newer one knows it has been overtaken. */
  version: number
  payload: unknown
}

export function timerOf<Kind extends IdKind, Payload>(
  definition: TimerDefinition<Kind, Payload>,
  timer: { tenantId: Id<'tenant'>; objectId: Id<Kind>; dueAt: Date; version: number; payload: Payload },
): ScheduledTimer {
  return { kind: definition.kind, ...timer }
}

/**
 * Sets timers in the open transaction, each in place of the object's earlier one of that kind. Call it under the row lock of
 * the objects, after their own rows and before `emit`.
 */
export async function schedule(tx: SqlTx, timers: readonly ScheduledTimer[]): Promise<void> {
  // One statement can't write a row twice: of several for one object the last counts.
  const last = [...new Map(timers.map((timer) => [`${timer.tenantId} ${timer.kind} ${timer.objectId}`, timer])).values()]
  if (last.length === 0) return
  await tx.sql(
    `insert into bus.timers as t (tenant_id, kind, object_id, due_at, version, payload)
     select tenant_id, kind, object_id, due_at, version, payload::jsonb
     from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::bigint[], $6::text[]) as u(tenant_id, kind, object_id, due_at, version, payload)
     order by tenant_id, kind, object_id
     on conflict (tenant_id, kind, object_id) do update
     set due_at = excluded.due_at, version = excluded.version, payload = excluded.payload, tries = 0, failure = null`,
    [
      last.map((timer) => toUuid(timer.tenantId)),
      last.map((timer) => timer.kind),
      last.map((timer) => toUuid(timer.objectId)),
      last.map((timer) => timer.dueAt),
      last.map((timer) => timer.version),
      last.map((timer) => JSON.stringify(timer.payload)),
    ],
    'timers_schedule',
  )
}

/** Takes timers back, under the row lock of their objects. Those that do not exist (any more) are passed over. */
export async function cancel<Kind extends IdKind>(
  tx: SqlTx,
  definition: TimerDefinition<Kind, unknown>,
  objects: readonly { tenantId: Id<'tenant'>; objectId: Id<Kind> }[],
): Promise<void> {
  if (objects.length === 0) return
  await tx.sql(
    `delete from bus.timers t using unnest($1::uuid[], $2::uuid[]) as u(tenant_id, object_id)
     where t.tenant_id = u.tenant_id and t.kind = $3 and t.object_id = u.object_id`,
    [objects.map(({ tenantId }) => toUuid(tenantId)), objects.map(({ objectId }) => toUuid(objectId)), definition.kind],
    'timers_cancel',
  )
}
