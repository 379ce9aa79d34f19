import { z } from 'zod'
import { UnparsedRecord, WebhookRecord } from '#platform/bus/topics.ts'
import type { PlatformTx } from '#platform/db/database.ts'
import { idOf, toUuid } from '#platform/ids.ts'

const Logged = z.union([WebhookRecord, UnparsedRecord])
const WebhookId = idOf('webhook')

/**
 * Keeps the raw requests that a batch of records carries, each once however often it comes. Where one request is both parsed and
 * set aside, what was set aside has the last word, because a person should look at it.
 * @param values of records on `inbound.*` and `receipts.*`; those without a raw body are passed by
 */
export async function logWebhooks(tx: PlatformTx, values: readonly unknown[]): Promise<void> {
  const rows = new Map<string, ReturnType<typeof rowOf>>()
  for (const value of values) {
    const record = Logged.safeParse(value).data
    if (!record?.raw || !WebhookId.safeParse(record.webhookId).success) continue
    const row = rowOf(record, record.raw)
    const known = rows.get(row.id)
    if (!known || row.state === 'unparsed') rows.set(row.id, { ...row, event_count: known?.event_count ?? row.event_count })
  }
  const sorted = [...rows.values()].sort((a, b) => a.id.localeCompare(b.id))
  if (sorted.length === 0) return
  await tx.sql(
    `insert into webhooks as w (id, channel, state, reason, path, headers, body, blob_key, size_bytes, event_count, received_at)
     select r.id, r.channel, r.state, r.reason, r.path, r.headers, decode(r.body, 'base64'), r.blob_key, r.size_bytes, r.event_count, r.received_at
     from jsonb_to_recordset($1::text::jsonb) as r(id uuid, channel text, state text, reason text, path text, headers jsonb, body text,
       blob_key text, size_bytes int, event_count int, received_at timestamptz)
     on conflict (id) do update set state = 'unparsed', reason = excluded.reason where excluded.state = 'unparsed' and w.state = 'parsed'`,
    [JSON.stringify(sorted)],
    'log_webhooks',
  )
}

function rowOf(record: WebhookRecord | UnparsedRecord, raw: UnparsedRecord['raw'] & { eventCount?: number }) {
  const reason = 'reason' in record ? record.reason.replaceAll('\0', '') : null
  return {
    id: toUuid(record.webhookId),
    channel: record.channel,
    state: reason === null ? 'parsed' : 'unparsed',
    reason,
    path: record.path,
    headers: record.headers,
    body: raw.body,
    blob_key: raw.blobKey,
    size_bytes: raw.sizeBytes,
    event_count: raw.eventCount ?? 0,
    received_at: record.receivedAt,
  }
}
