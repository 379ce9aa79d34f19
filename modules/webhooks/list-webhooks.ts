import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { fromUuid } from '#platform/ids.ts'
import type { WebhookView } from './types.ts'

/** The newest raw webhooks, for operators: a body may speak of several tenants, so no tenant's scope reaches it. */
export async function listWebhooks(
  database: Database,
  clock: Clock,
  filter: { state?: WebhookView['state']; limit: number },
): Promise<WebhookView[]> {
  const rows = await database.platformTransaction(clock, (tx) =>
    tx.sql<{
      id: string
      channel: string
      state: WebhookView['state']
      reason: string | null
      path: string
      size_bytes: number
      event_count: number
      received_at: Date
    }>(
      `select id, channel, state, reason, path, size_bytes, event_count, received_at from webhooks
       where $1::text is null or state = $1 order by received_at desc, id desc limit $2`,
      [filter.state ?? null, filter.limit],
    ),
  )
  return rows.map(({ id, size_bytes, event_count, received_at, ...row }) => ({
    ...row,
    id: fromUuid('webhook', id),
    sizeBytes: size_bytes,
    eventCount: event_count,
    receivedAt: received_at.toISOString(),
  }))
}
