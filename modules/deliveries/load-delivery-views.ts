import type { DeliveryView } from '#modules/messages/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { DeliveryState } from './status.ts'

interface Row {
  id: string
  message_id: string
  version: number
  state: DeliveryState
  attempt_id: string | null
  due_at: Date
  tries: number
  error_code: string | null
  error_class: string | null
  error_title: string | null
  queued_at: Date
  unknown_at: Date | null
  sent_at: Date | null
  delivered_at: Date | null
  read_at: Date | null
  failed_at: Date | null
}

/**
 * Each message's latest delivery, as screens show it: one query for a page of messages. Latest by place on the line, which is
 * given under a lock; two machines' clocks may disagree.
 */
export async function loadDeliveryViews(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  messageIds: readonly Id<'message'>[],
): Promise<Map<Id<'message'>, DeliveryView>> {
  if (messageIds.length === 0) return new Map()
  const rows = await tx.sql<Row>(
    `select distinct on (d.message_id) d.id, d.message_id, d.version, d.state, d.attempt_id, d.due_at, d.tries, d.error_code, d.error_class,
       d.error_title, d.queued_at, d.unknown_at, d.sent_at, d.delivered_at, d.read_at, d.failed_at
     from unnest($2::uuid[]) as m(id) join deliveries d on d.tenant_id = $1::uuid and d.message_id = m.id
     order by d.message_id, d.position desc`,
    [toUuid(tenantId), messageIds.map(toUuid)],
    'load_delivery_views',
  )
  return new Map(rows.map((row) => [fromUuid('message', row.message_id), viewOf(row, tx.now)]))
}

function viewOf(row: Row, now: Date): DeliveryView {
  return {
    id: fromUuid('delivery', row.id),
    version: row.version,
    state: row.state,
    errorCode: row.error_code,
    errorClass: row.error_class,
    errorTitle: row.error_title,
    queuedAt: row.queued_at.toISOString(),
    sentAt: isoOrNull(row.sent_at),
    deliveredAt: isoOrNull(row.delivered_at),
    readAt: isoOrNull(row.read_at),
    failedAt: isoOrNull(row.failed_at),
    unknownAt: isoOrNull(row.unknown_at),
    nextTryAt: nextTryOf(row, now)?.toISOString() ?? null,
  }
}

/** A first try that is due now needs no announcement; a later one does, and every repeated one. */
function nextTryOf(row: Row, now: Date): Date | null {
  if (row.state === 'queued') return row.due_at.getTime() > now.getTime() ? row.due_at : null
  return row.state === 'sending' && row.attempt_id === null ? row.due_at : null
}

const isoOrNull = (date: Date | null) => date?.toISOString() ?? null
