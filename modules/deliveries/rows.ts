import type { ErrorClass } from '#channels/connector.ts'
import { numbers, texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, fromUuidOrNull, type Id } from '#platform/ids.ts'
import { DeliveryChanged } from './events.ts'
import type { DeliveryState } from './status.ts'

export type Lane = 'interactive' | 'bulk'

/** A delivery as its row stands, locked; changed by pure functions (transitions.ts) and written back as a set. */
export interface DeliveryRow {
  tenantId: Id<'tenant'>
  id: Id<'delivery'>
  messageId: Id<'message'>
  /** Where it is shown: the root, when its conversation was merged into another. */
  conversationId: Id<'conversation'>
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  lane: Lane
  state: DeliveryState
  dueAt: Date
  tries: number
  attemptId: Id<'attempt'> | null
  errorCode: string | null
  errorClass: ErrorClass | null
  errorTitle: string | null
  externalId: string | null
  sendingAt: Date | null
  unknownAt: Date | null
  sentAt: Date | null
  deliveredAt: Date | null
  readAt: Date | null
  playedAt: Date | null
  failedAt: Date | null
  settledBy: Id<'member'> | null
  settledAt: Date | null
  version: number
  /** Of the conversation: by what the change is visible. */
  assigneeId: Id<'member'> | null
}

export interface DeliveryKey {
  tenantId: Id<'tenant'>
  deliveryId: Id<'delivery'>
}

/** Locks deliveries in the order of their ids, whoever asks for them in whatever order. Missing ones are left out. */
export async function lockDeliveries(tx: SqlTx, keys: readonly DeliveryKey[]): Promise<Map<Id<'delivery'>, DeliveryRow>> {
  if (keys.length === 0) return new Map()
  const rows = await tx.sql<SqlRow>(
    // What happens to a merged conversation's messages is told in the conversation it was merged into. Joined by the bare column:
    // behind the wall `coalesce(…)` counts as leaky and no index may compare with it, so each row would read its whole tenant.
    `select d.*, coalesce(root.id, c.id) as root_id, case when root.id is null then c.assignee_id else root.assignee_id end as assignee_id
     from (select distinct t, i from unnest($1::uuid[], $2::uuid[]) as k(t, i)) k
     join deliveries d on d.tenant_id = k.t and d.id = k.i
     join conversations c on c.tenant_id = d.tenant_id and c.id = d.conversation_id
     left join conversations root on root.tenant_id = c.tenant_id and root.id = c.merged_into_id
     order by d.id for update of d`,
    [uuids(keys.map((key) => key.tenantId)), uuids(keys.map((key) => key.deliveryId))],
    'lock_deliveries',
  )
  return new Map(rows.map(fromSql).map((row) => [row.id, row]))
}

/** Writes changed rows back; the caller holds their locks and has raised their versions. */
export async function writeDeliveries(tx: SqlTx, rows: readonly DeliveryRow[]): Promise<void> {
  if (rows.length === 0) return
  await tx.sql(
    `update deliveries d set state = w.state, due_at = w.due_at, tries = w.tries, attempt_id = w.attempt_id,
       error_code = w.error_code, error_class = w.error_class, error_title = w.error_title, external_id = w.external_id,
       sending_at = w.sending_at, unknown_at = w.unknown_at, sent_at = w.sent_at, delivered_at = w.delivered_at, read_at = w.read_at,
       played_at = w.played_at, failed_at = w.failed_at, settled_by = w.settled_by, settled_at = w.settled_at, version = w.version
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[],
       $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[],
       $18::uuid[], $19::timestamptz[], $20::int[])
       as w(tenant_id, id, state, due_at, tries, attempt_id, error_code, error_class, error_title, external_id,
         sending_at, unknown_at, sent_at, delivered_at, read_at, played_at, failed_at, settled_by, settled_at, version)
     where d.tenant_id = w.tenant_id and d.id = w.id`,
    [
      uuids(rows.map((row) => row.tenantId)),
      uuids(rows.map((row) => row.id)),
      texts(rows.map((row) => row.state)),
      times(rows.map((row) => row.dueAt)),
      numbers(rows.map((row) => row.tries)),
      uuids(rows.map((row) => row.attemptId)),
      texts(rows.map((row) => row.errorCode)),
      texts(rows.map((row) => row.errorClass)),
      texts(rows.map((row) => row.errorTitle)),
      texts(rows.map((row) => row.externalId)),
      times(rows.map((row) => row.sendingAt)),
      times(rows.map((row) => row.unknownAt)),
      times(rows.map((row) => row.sentAt)),
      times(rows.map((row) => row.deliveredAt)),
      times(rows.map((row) => row.readAt)),
      times(rows.map((row) => row.playedAt)),
      times(rows.map((row) => row.failedAt)),
      uuids(rows.map((row) => row.settledBy)),
      times(rows.map((row) => row.settledAt)),
      numbers(rows.map((row) => row.version)),
    ],
    'write_deliveries',
  )
}

/** The fact that a delivery moved. Emitted under the delivery's lock; screens compare versions, so that is order enough. */
export function changedEvent(row: DeliveryRow, now: Date): EmittedEvent {
  const { conversationId, messageId, channelAccountId, state, version } = row
  const reach = { assigneeId: row.assigneeId }
  return eventOf(
    DeliveryChanged,
    row.tenantId,
    { conversationId, messageId, deliveryId: row.id, channelAccountId, state, at: now.toISOString(), version },
    { reach: { before: reach, after: reach } },
  )
}

interface SqlRow {
  tenant_id: string
  id: string
  message_id: string
  root_id: string
  line_id: string
  channel_account_id: string
  lane: Lane
  state: DeliveryState
  due_at: Date
  tries: number
  attempt_id: string | null
  error_code: string | null
  error_class: ErrorClass | null
  error_title: string | null
  external_id: string | null
  sending_at: Date | null
  unknown_at: Date | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  played_at: Date | null
  failed_at: Date | null
  settled_by: string | null
  settled_at: Date | null
  version: number
  assignee_id: string | null
}

function fromSql(row: SqlRow): DeliveryRow {
  return {
    tenantId: fromUuid('tenant', row.tenant_id),
    id: fromUuid('delivery', row.id),
    messageId: fromUuid('message', row.message_id),
    conversationId: fromUuid('conversation', row.root_id),
    lineId: fromUuid('line', row.line_id),
    channelAccountId: fromUuid('channelAccount', row.channel_account_id),
    lane: row.lane,
    state: row.state,
    dueAt: row.due_at,
    tries: row.tries,
    attemptId: fromUuidOrNull('attempt', row.attempt_id),
    errorCode: row.error_code,
    errorClass: row.error_class,
    errorTitle: row.error_title,
    externalId: row.external_id,
    sendingAt: row.sending_at,
    unknownAt: row.unknown_at,
    sentAt: row.sent_at,
    deliveredAt: row.delivered_at,
    readAt: row.read_at,
    playedAt: row.played_at,
    failedAt: row.failed_at,
    settledBy: fromUuidOrNull('member', row.settled_by),
    settledAt: row.settled_at,
    version: row.version,
    assigneeId: fromUuidOrNull('member', row.assignee_id),
  }
}
