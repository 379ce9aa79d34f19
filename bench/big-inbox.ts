import pg from 'pg'
import { toUuid } from '#platform/ids.ts'
import type { BuiltTenant } from './population.ts'

/**
 * Fills one tenant's inbox: two thirds open, a third resolved, a tenth assigned to the one member, the rest to nobody; every
 * conversation with a contact of two addresses, a line, and as many messages as asked. The order of last messages has nothing to
 * do with the order of writing, so that a page's rows lie as far apart as a year of work would leave them.
 */
export async function fillInbox(url: string, tenant: BuiltTenant, size: { conversations: number; messagesEach: number }): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    // Foreign keys hold by construction; asking them five million times would only take time.
    await client.query("set session_replication_role = 'replica'")
    await client.query("set work_mem = '256MB'")
    for (const sql of statements(tenant, size)) await client.query(sql)
    // As autovacuum would have done long since.
    await client.query('vacuum (analyze)')
    await client.query('checkpoint')
  } finally {
    await client.end()
  }
}

function statements(tenant: BuiltTenant, { conversations, messagesEach }: { conversations: number; messagesEach: number }): string[] {
  const owner = `'${toUuid(tenant.tenantId)}'::uuid`
  const account = `'${toUuid(tenant.channelAccountId)}'::uuid`
  const member = `'${toUuid(tenant.memberId)}'::uuid`
  const each = `generate_series(1, ${conversations}) n`
  const id = (kind: number, number = 'n') =>
    `('0190${kind.toString(16).padStart(4, '0')}-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`
  // 15,485,863 is a prime that divides none of the counts: n -> n * prime mod count visits every place once.
  const at = `timestamptz '2026-11-01 00:00Z' - ((n::bigint * 15485863) % ${conversations}) * interval '13 seconds'`
  const isResolved = '(n * 7 % 3 = 0)'
  const author = `case when m % 2 = 1 then ${id(1)} end`
  return [
    `insert into contacts (tenant_id, id, name) select ${owner}, ${id(1)}, 'Customer ' || n from ${each}`,
    `insert into contact_identities (tenant_id, id, contact_id, kind, scope, value, attested)
     select ${owner}, ${id(2)}, ${id(1)}, 'phone', 'tenant', '+' || (628110000000 + n), true from ${each}
     union all select ${owner}, ${id(3)}, ${id(1)}, 'wa_id', 'tenant', (628110000000 + n)::text, true from ${each}`,
    `insert into lines (tenant_id, id, channel_account_id, contact_id, last_inbound_at, window_expires_at)
     select ${owner}, ${id(4)}, ${account}, ${id(1)}, ${at}, ${at} + interval '24 hours' from ${each}`,
    `insert into conversations (tenant_id, id, contact_id, slot, status, assignee_id, line_id, channel_account_id, channel, last_message_id, last_message_at,
       last_message_sequence, last_message_preview, last_message_kind, last_message_direction, last_inbound_at, unread_count, message_sequence, resolved_at)
     select ${owner}, ${id(5)}, ${id(1)}, 'all', case when ${isResolved} then 'resolved' else 'open' end, case when n % 10 = 0 then ${member} end, ${id(4)}, ${account},
       'whatsapp', ${id(6, `n * ${messagesEach}`)}, ${at}, ${messagesEach}, 'Good morning! I ordered two boxes of the usual on Tuesday', 'text', 'inbound', ${at}, 1,
       ${messagesEach}, case when ${isResolved} then ${at} end
     from ${each}`,
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, body, author_kind, author_id, provider_time, sequence, received_at)
     select ${owner}, ${id(6, `(n - 1) * ${messagesEach} + m`)}, ${id(5)}, ${id(4)}, ${account}, case when m % 2 = 1 then 'inbound' else 'outbound' end, 'text',
       'Good morning! I ordered two boxes of the usual on Tuesday and would like to know when', case when m % 2 = 1 then 'contact' else 'automation' end, ${author},
       ${at} - (${messagesEach} - m) * interval '1 hour', m, ${at} - (${messagesEach} - m) * interval '1 hour'
     from ${each} cross join generate_series(1, ${messagesEach}) m`,
  ]
}
