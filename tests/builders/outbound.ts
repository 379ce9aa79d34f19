import { randomInt } from 'node:crypto'
import { addChannelAccount } from '#modules/channels/index.ts'
import { queueDelivery } from '#modules/deliveries/index.ts'
import { systemClock } from '#platform/clock.ts'
import { type KeyRing, parseKeyRing } from '#platform/crypto.ts'
import type { BatchTx, Database } from '#platform/db/database.ts'
import { emit } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aTenant, type BuiltTenant } from './tenants.ts'

export interface BuiltLine {
  tenantId: Id<'tenant'>
  lineId: Id<'line'>
  contactId: Id<'contact'>
  conversationId: Id<'conversation'>
  channelAccountId: Id<'channelAccount'>
  phone: string
}

export interface BuiltDelivery extends BuiltLine {
  messageId: Id<'message'>
  deliveryId: Id<'delivery'>
}

/** A key ring of one key, the same in every test. */
export const senderKeys: KeyRing = parseKeyRing(`test:${Buffer.alloc(32, 7).toString('base64')}`)

export interface SendingTenant extends BuiltTenant {
  channelAccountId: Id<'channelAccount'>
  /** The phone_number_id. */
  address: string
}

/** A tenant with one connected number: where every story of sending begins. */
export async function aSendingTenant(web: Database): Promise<SendingTenant> {
  const tenant = await aTenant(web)
  const address = digits()
  const added = await addChannelAccount(tenant.scope, senderKeys, {
    channel: 'whatsapp',
    name: 'Orders',
    address,
    displayAddress: '+62 811 000',
    businessId: digits(),
    credentials: { accessToken: 'token' },
  })
  if (!added.ok) throw new Error(added.code)
  return { ...tenant, channelAccountId: added.value.channelAccountId, address }
}

const digits = () => String(randomInt(100_000_000_000, 999_999_999_999))

/** A person on the account's line who wrote a moment ago, with an open conversation. */
export async function aLine(
  worker: Database,
  account: { tenantId: Id<'tenant'>; channelAccountId: Id<'channelAccount'> },
  given: { phone?: string; windowExpiresAt?: Date | null } = {},
): Promise<BuiltLine> {
  const { tenantId, channelAccountId } = account
  const ids = { contactId: newId('contact'), lineId: newId('line'), conversationId: newId('conversation') }
  const phone =
    given.phone ??
    `62${BigInt(`0x${newId('webhook').slice(-10)}`)
      .toString()
      .padStart(11, '8')
      .slice(0, 11)}`
  const windowExpiresAt = given.windowExpiresAt === undefined ? new Date(systemClock.now().getTime() + 3_600_000) : given.windowExpiresAt
  await worker.batchTransaction([tenantId], systemClock, async (tx) => {
    const identityId = newId('contactIdentity')
    const [tenant, contact, line, account] = [tenantId, ids.contactId, ids.lineId, channelAccountId].map(toUuid)
    await tx.sql('insert into contacts (tenant_id, id, name) values ($1, $2, $3)', [tenant, contact, 'Budi'])
    await tx.sql(
      `insert into contact_identities (tenant_id, id, contact_id, kind, scope, value, attested) values ($1, $2, $3, 'wa_id', 'tenant', $4, true)`,
      [tenant, toUuid(identityId), contact, phone],
    )
    await tx.sql(
      'insert into lines (tenant_id, id, channel_account_id, contact_id, last_inbound_at, window_expires_at) values ($1, $2, $3, $4, $5, $6)',
      [tenant, line, account, contact, tx.now, windowExpiresAt],
    )
    await tx.sql('insert into line_identities (tenant_id, channel_account_id, identity_id, line_id) values ($1, $2, $3, $4)', [
      tenant,
      account,
      toUuid(identityId),
      line,
    ])
    await tx.sql(
      `insert into conversations (tenant_id, id, contact_id, slot, line_id, channel_account_id, channel, last_message_at) values ($1, $2, $3, 'all', $4, $5, 'whatsapp', $6)`,
      [tenant, toUuid(ids.conversationId), contact, line, account, tx.now],
    )
  })
  return { tenantId, channelAccountId, ...ids, phone }
}

/** A member's message on the line, with its delivery queued and announced as `sendMessage` does it. */
export async function aDelivery(
  worker: Database,
  line: BuiltLine,
  given: { text?: string; kind?: string; content?: unknown; lane?: 'interactive' | 'bulk'; dueAt?: Date } = {},
): Promise<BuiltDelivery> {
  const messageId = newId('message')
  const deliveryId = await worker.batchTransaction([line.tenantId], systemClock, async (tx) => {
    await insertMessage(tx, line, messageId, given)
    const queued = await queueDelivery(tx, { ...line, messageId, lane: given.lane, dueAt: given.dueAt })
    await emit(tx, queued.events)
    return queued.deliveryId
  })
  return { ...line, messageId, deliveryId }
}

async function insertMessage(
  tx: BatchTx,
  line: BuiltLine,
  messageId: Id<'message'>,
  { text = 'Your order is on its way.', kind = 'text', content = {} }: { text?: string; kind?: string; content?: unknown },
): Promise<void> {
  const [tenant, conversation] = [toUuid(line.tenantId), toUuid(line.conversationId)]
  const [counted] = await tx.sql<{ sequence: number }>(
    'update conversations set message_sequence = message_sequence + 1 where tenant_id = $1 and id = $2 returning message_sequence as sequence',
    [tenant, conversation],
  )
  await tx.sql(
    `insert into messages (tenant_id, id, conversation_id, line_id, channel_account_id, direction, kind, body, content, author_kind, provider_time, sequence, received_at)
     values ($1, $2, $3, $4, $5, 'outbound', $6, $7, $8, 'member', $9, $10, $9)`,
    [
      tenant,
      toUuid(messageId),
      conversation,
      toUuid(line.lineId),
      toUuid(line.channelAccountId),
      kind,
      text,
      JSON.stringify(content),
      tx.now,
      counted?.sequence ?? 1,
    ],
  )
}
