import type { z } from 'zod'
import type { ConversationReach } from './authority.ts'
import { jsons, numbers, texts, uuids } from './db/arrays.ts'
import type { SqlTx } from './db/sql.ts'
import { type Id, newId } from './ids.ts'
import { LIMITS } from './limits.ts'

/**
 * A kind of event: a fact in the past tense. Payloads carry ids and changed fields, never bodies, because everybody who may
 * read the log may read them.
 */
export interface EventDefinition<Payload> {
  name: string
  schema: z.ZodType<Payload>
  /** What the event is ordered by: usually the conversation's id. Emit under that row's lock. */
  keyOf(payload: Payload): string
}

export function defineEvent<Payload>(
  name: string,
  schema: z.ZodType<Payload>,
  keyOf: (payload: Payload) => string,
): EventDefinition<Payload> {
  return { name, schema, keyOf }
}

/** By what a row was and is visible: compared with each viewer's ability (SSE: before only = `removed`). */
export interface EventReach {
  before: ConversationReach | null
  after: ConversationReach | null
}

/** One event ready to be written. `depth` counts causes, so that automations can't loop for ever. */
export interface EmittedEvent {
  id: Id<'event'>
  tenantId: Id<'tenant'>
  type: string
  key: string
  payload: unknown
  reach: EventReach | null
  causationId: Id<'event'> | null
  depth: number
}

export function eventOf<Payload>(
  definition: EventDefinition<Payload>,
  tenantId: Id<'tenant'>,
  payload: Payload,
  options: { reach?: EventReach; causation?: { id: Id<'event'>; depth: number } } = {},
): EmittedEvent {
  const depth = options.causation ? options.causation.depth + 1 : 0
  if (depth > LIMITS.eventDepth) throw new Error(`event ${definition.name} is caused ${depth} deep: a loop`)
  return {
    id: newId('event'),
    tenantId,
    type: definition.name,
    key: definition.keyOf(payload),
    payload,
    reach: options.reach ?? null,
    causationId: options.causation?.id ?? null,
    depth,
  }
}

/**
 * Writes events into the outbox of the open transaction: they exist if and only if it commits. Call it last, and under the
 * row lock of each event's key, so that the outbox order of one key is its commit order.
 */
export async function emit(tx: SqlTx, events: readonly EmittedEvent[]): Promise<void> {
  if (events.length === 0) return
  await tx.sql(
    `insert into bus.outbox (event_id, tenant_id, type, key, payload, reach, causation_id, depth)
     select e, t, y, k, p::jsonb, r::jsonb, c, d
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::int[]) with ordinality as u(e, t, y, k, p, r, c, d, n)
     order by n`,
    [
      uuids(events.map((event) => event.id)),
      uuids(events.map((event) => event.tenantId)),
      texts(events.map((event) => event.type)),
      texts(events.map((event) => event.key)),
      jsons(events.map((event) => event.payload)),
      jsons(events.map((event) => event.reach)),
      uuids(events.map((event) => event.causationId)),
      numbers(events.map((event) => event.depth)),
    ],
    'emit',
  )
}
