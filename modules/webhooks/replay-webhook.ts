import { CHANNEL_KINDS, type ChannelKind, type Connector, UnparsableBody } from '#channels/connector.ts'
import type { BlobStore } from '#platform/blobs/port.ts'
import type { Bus } from '#platform/bus/port.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/db/database.ts'
import { type Id, isId, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import { webhookRecords } from './webhook-records.ts'

interface StoredRow {
  channel: string
  path: string
  headers: Record<string, string>
  body: Uint8Array | null
  blob_key: string | null
  size_bytes: number
  received_at: Date
}

/**
 * Parses a kept webhook again and publishes what comes of it, as if it had just arrived; what was received before is recognised
 * and changes nothing (I2).
 * @returns how many events it became; `not_found`: no such webhook, or its file is gone; `invalid_input`: it still can't be parsed
 */
export async function replayWebhook(
  context: {
    database: Database
    clock: Clock
    blobs: BlobStore
    bus: Bus
    connectors: Readonly<Record<ChannelKind, Pick<Connector<unknown>, 'parse'>>>
  },
  id: Id<'webhook'>,
): Promise<Result<{ events: number }, 'not_found' | 'invalid_input'>> {
  const { database, clock, blobs, bus } = context
  const [row] = await database.platformTransaction(clock, (tx) =>
    tx.sql<StoredRow>('select channel, path, headers, body, blob_key, size_bytes, received_at from webhooks where id = $1', [toUuid(id)]),
  )
  const channel = CHANNEL_KINDS.find((kind) => kind === row?.channel)
  const body = row?.body ?? (row?.blob_key ? await blobs.get(row.blob_key) : null)
  if (!row || !channel || !body) return fail('not_found')
  const account = row.path.split('/').at(-1)
  try {
    const events = context.connectors[channel].parse({ method: 'POST', path: row.path, query: {}, headers: row.headers, body })
    const webhook = {
      id,
      channel,
      path: row.path,
      headers: row.headers,
      receivedAt: row.received_at,
      channelAccountId: isId('channelAccount', account) ? account : null,
      raw: { body, blobKey: null, sizeBytes: row.size_bytes },
    }
    await bus.publish(webhookRecords(webhook, { events, aside: null }, { withRaw: false }))
    await database.platformTransaction(clock, (tx) =>
      tx.sql("update webhooks set state = 'replayed', event_count = $2 where id = $1", [toUuid(id), events.length]),
    )
    return ok({ events: events.length })
  } catch (error) {
    if (error instanceof UnparsableBody) return fail('invalid_input', error.message)
    throw error
  }
}
