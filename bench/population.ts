import pg from 'pg'
import { hashPassword } from '#modules/members/index.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import { ADDRESS, AGENT_PASSWORD, BUSINESS, CUSTOMER, DISPLAY } from './names.ts'

/** Who is there before a benchmark begins: companies with one number each, people who wrote before, messages sent to them. */
export interface Population {
  tenants: number
  customersPerTenant: number
  /** Messages that were sent and whose receipts may come, over all tenants; a multiple of the tenants. */
  sent: number
  /** People who can sign in; each is a member of its share of the tenants. */
  agents: number
}

export interface BuiltTenant {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  agent: number
  memberId: Id<'member'>
}

/**
 * Writes a population in a constant number of statements, as it would stand after intake and sender had done their work.
 * @param url of the superuser: no wall is asked, no event is emitted
 * @returns the tenants by their number
 */
export async function populate(url: string, population: Population): Promise<BuiltTenant[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin')
    await writeTenants(client, population)
    await writeCustomers(client, population)
    await writeSent(client, population)
    const { rows } = await client.query<{ tenant_id: string; account_id: string; agent: number; member_id: string }>(
      'select tenant_id, account_id, agent, member_id from bench_tenants order by n',
    )
    await client.query('commit')
    await client.query('analyze')
    return rows.map((row) => ({
      tenantId: fromUuid('tenant', row.tenant_id),
      channelAccountId: fromUuid('channelAccount', row.account_id),
      agent: row.agent,
      memberId: fromUuid('member', row.member_id),
    }))
  } finally {
    await client.end()
  }
}

async function writeTenants(client: pg.Client, { tenants, agents }: Population): Promise<void> {
  const password = await hashPassword(AGENT_PASSWORD)
  await client.query(
    `create temp table bench_agents on commit drop as
     select agent, 'usr_' || replace(uuidv7()::text, '-', '') as user_id, 'agent-' || agent || '@bench.example' as email
     from generate_series(0, ${agents - 1}) agent`,
  )
  await client.query(
    `create temp table bench_tenants on commit drop as
     select n, n % ${agents} as agent, uuidv7() as tenant_id, uuidv7() as account_id, uuidv7() as member_id, uuidv7() as role_id
     from generate_series(0, ${tenants - 1}) n`,
  )
  const grants = JSON.stringify([{ permission: '*', reach: 'all' }])
  for (const sql of [
    `insert into users (id, name, email, email_verified) select user_id, 'Agent ' || agent, email, true from bench_agents`,
    `insert into accounts (id, account_id, provider_id, user_id, password)
     select 'acc_' || replace(uuidv7()::text, '-', ''), user_id, 'credential', user_id, '${password}' from bench_agents`,
    `insert into tenants (id, slug, name) select tenant_id, 'bench-' || n, 'Company ' || n from bench_tenants`,
    `insert into tenant_settings (tenant_id) select tenant_id from bench_tenants`,
    `insert into members (tenant_id, id, user_id, name, email)
     select tenant_id, member_id, user_id, 'Agent ' || agent, email from bench_tenants join bench_agents using (agent)`,
    `insert into roles (tenant_id, id, key, name, level, grants) select tenant_id, role_id, 'admin', 'Admin', 9, '${grants}' from bench_tenants`,
    `insert into member_roles (tenant_id, member_id, role_id) select tenant_id, member_id, role_id from bench_tenants`,
    `insert into memberships (user_id, tenant_id, member_id) select user_id, tenant_id, member_id from bench_tenants join bench_agents using (agent)`,
    `insert into channel_accounts (tenant_id, id, channel, name, address, display_address, business_id)
     select tenant_id, account_id, 'whatsapp', 'Orders', (${ADDRESS} + n)::text, (${DISPLAY} + n)::text, (${BUSINESS} + n)::text from bench_tenants`,
    `insert into channel_addresses (channel, address, tenant_id, channel_account_id, business_id, display_address)
     select 'whatsapp', (${ADDRESS} + n)::text, tenant_id, account_id, (${BUSINESS} + n)::text, (${DISPLAY} + n)::text from bench_tenants`,
  ]) {
    await client.query(sql)
  }
}

/** Every customer has written before: an open conversation with one message. */
async function writeCustomers(client: pg.Client, { customersPerTenant }: Population): Promise<void> {
  await client.query(
    `create temp table bench_customers on commit drop as
     select t.n, t.tenant_id, t.account_id, c as person, (${CUSTOMER} + c)::text as digits, uuidv7() as contact_id, uuidv7() as phone_id,
       uuidv7() as wa_id, uuidv7() as line_id, uuidv7() as conversation_id, uuidv7() as message_id, now() - interval '1 hour' as at
     from bench_tenants t cross join generate_series(0, ${customersPerTenant - 1}) c`,
  )
  for (const sql of [
    `insert into contacts (tenant_id, id, name) select tenant_id, contact_id, 'Customer ' || person from bench_customers`,
    `insert into contact_identities (tenant_id, id, contact_id, kind, scope, value, attested, username, held_since)
     select tenant_id, phone_id, contact_id, 'phone', 'tenant', '+' || digits, true, digits, at from bench_customers
     union all select tenant_id, wa_id, contact_id, 'wa_id', 'tenant', digits, true, null, at from bench_customers`,
    `insert into lines (tenant_id, id, channel_account_id, contact_id, last_inbound_at, window_expires_at)
     select tenant_id, line_id, account_id, contact_id, at, at + interval '24 hours' from bench_customers`,
    `insert into line_identities (tenant_id, channel_account_id, identity_id, line_id)
     select tenant_id, account_id, unnest(array[phone_id, wa_id]), line_id from bench_customers`,
    `insert into conversations (tenant_id, id, contact_id, slot, line_id, channel_account_id, channel, last_message_id, last_message_at,
       last_message_sequence, last_message_preview, last_message_kind, last_message_direction, last_inbound_at, unread_count, message_sequence, opened_at)
     select tenant_id, conversation_id, contact_id, 'all', line_id, account_id, 'whatsapp', message_id, at, 1, 'Hello', 'text', 'inbound', at, 1, 1, at
     from bench_customers`,
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, body, author_kind, author_id, provider_time, sequence, received_at)
     select tenant_id, message_id, conversation_id, line_id, account_id, 'inbound', 'text', 'Hello', 'contact', contact_id, at, 1, at from bench_customers`,
  ]) {
    await client.query(sql)
  }
}

/** Sent messages whose receipts are still to come, spread over the customers, each an earlier sequence of its thread. */
async function writeSent(client: pg.Client, { tenants, customersPerTenant, sent }: Population): Promise<void> {
  await client.query(
    `create temp table bench_sent on commit drop as
     select c.*, s as nth, 'wamid.SENT.' || c.n || '.' || s as external_id, uuidv7() as sent_id, uuidv7() as delivery_id
     from bench_customers c join generate_series(0, ${Math.ceil(sent / tenants) - 1}) s on s % ${customersPerTenant} = c.person`,
  )
  for (const sql of [
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, body, author_kind, provider_time, sequence, received_at)
     select tenant_id, sent_id, conversation_id, line_id, account_id, 'outbound', 'text', 'On its way', 'automation', at, 1, at from bench_sent`,
    `insert into deliveries (tenant_id, id, message_id, conversation_id, line_id, channel_account_id, state, position, due_at, external_id, queued_at, sending_at, sent_at)
     select tenant_id, delivery_id, sent_id, conversation_id, line_id, account_id, 'sent', 1, at, external_id, at, at, at from bench_sent`,
    `insert into external_refs (tenant_id, channel_account_id, external_id, message_id, delivery_id)
     select tenant_id, account_id, external_id, sent_id, delivery_id from bench_sent`,
  ]) {
    await client.query(sql)
  }
}
