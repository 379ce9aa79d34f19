import pg from 'pg'
import type { Id } from '#platform/ids.ts'
import { toUuid } from '#platform/ids.ts'
import type { TestDatabase } from '#tests/setup/database.ts'

export interface OutboxEvent {
  type: string
  key: string
  payload: Record<string, unknown>
  reach: unknown
}

/**
 * What a tenant's transactions have emitted about one key (a conversation, a channel account), in order; read as the
 * superuser, since workers alone may look.
 */
export async function outboxOf(database: TestDatabase, tenantId: Id<'tenant'>, key: string): Promise<OutboxEvent[]> {
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  try {
    const { rows } = await client.query<OutboxEvent>(
      'select type, key, payload, reach from bus.outbox where tenant_id = $1 and key = $2 order by id',
      [toUuid(tenantId), key],
    )
    return rows
  } finally {
    await client.end()
  }
}
