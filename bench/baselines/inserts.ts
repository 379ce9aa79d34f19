import { randomUUID } from 'node:crypto'
import type pg from 'pg'

/** A message or a receipt with its place already known. */
export type BareRow = { tenantId: string; channelAccountId: string; externalId: string } & (
  | { message: { conversationId: string; lineId: string; contactId: string; body: string } }
  | { status: string }
)

/**
 * The bare baseline of intake: the same messages and receipts into the same tables, behind the same wall and with the same
 * constraints, in three set-based inserts. It is told where everything belongs: no people, lines, windows, conversations,
 * deliveries or events.
 */
export async function insertBare(pool: pg.Pool, rows: readonly BareRow[], at: Date): Promise<void> {
  const messages = rows.flatMap((row) => ('message' in row ? [{ ...row, ...row.message, id: randomUUID() }] : []))
  const receipts = rows.flatMap((row) => ('status' in row ? [{ ...row, id: randomUUID() }] : []))
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query({
      name: 'bare_tenants',
      text: "select set_config('app.tenant_ids', $1, true)",
      values: [`{${[...new Set(rows.map((row) => row.tenantId))].join(',')}}`],
    })
    await client.query({
      name: 'bare_refs',
      text: `insert into external_refs (tenant_id, channel_account_id, external_id, message_id)
        select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[]) on conflict do nothing`,
      values: [...placeOf(messages), messages.map(({ id }) => id)],
    })
    await client.query({
      name: 'bare_messages',
      text: `insert into messages (tenant_id, channel_account_id, id, conversation_id, line_id, author_id, body, direction, kind, author_kind, provider_time, sequence, received_at)
        select t, a, i, c, l, k, b, 'inbound', 'text', 'contact', $7::timestamptz, 1, $7::timestamptz
        from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $8::text[]) as u(t, a, i, c, l, k, b)`,
      values: [
        messages.map(({ tenantId }) => tenantId),
        messages.map(({ channelAccountId }) => channelAccountId),
        messages.map(({ id }) => id),
        messages.map(({ conversationId }) => conversationId),
        messages.map(({ lineId }) => lineId),
        messages.map(({ contactId }) => contactId),
        at,
        messages.map(({ body }) => body),
      ],
    })
    await client.query({
      name: 'bare_receipts',
      text: `insert into receipts (tenant_id, channel_account_id, external_id, id, status, provider_time, received_at)
        select t, a, e, i, s, $6::timestamptz, $6::timestamptz
        from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[]) as u(t, a, e, i, s) on conflict do nothing`,
      values: [...placeOf(receipts), receipts.map(({ id }) => id), receipts.map(({ status }) => status), at],
    })
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}

function placeOf(rows: readonly Pick<BareRow, 'tenantId' | 'channelAccountId' | 'externalId'>[]): [string[], string[], string[]] {
  return [
    rows.map(({ tenantId }) => tenantId),
    rows.map(({ channelAccountId }) => channelAccountId),
    rows.map(({ externalId }) => externalId),
  ]
}
