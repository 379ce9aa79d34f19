import { randomInt } from 'node:crypto'
import type { ContentKind } from '#channels/connector.ts'
import type { ConversationStatus } from '#modules/conversations/types.ts'
import type { DeliveryState } from '#modules/messages/types.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Scope } from '#platform/scope.ts'

const HOUR = 3_600_000

export interface MessageSpec {
  direction?: 'inbound' | 'outbound'
  kind?: ContentKind
  body?: string
  content?: unknown
  at?: Date
  /** Who wrote an outbound message; absent: the product itself. */
  authorId?: Id<'member'>
  /** Of an outbound message: how far its delivery came. */
  delivery?: DeliveryState
  errorCode?: string
}

export interface ConversationSpec {
  channelAccountId: Id<'channelAccount'>
  contact?: { name?: string | null; phone?: string }
  status?: ConversationStatus
  slot?: string
  assigneeId?: Id<'member'> | null
  unreadCount?: number
  /** Absent: a day after the last inbound message, as WhatsApp counts. */
  windowExpiresAt?: Date | null
  /** Oldest first. Absent: one inbound greeting, now. */
  messages?: MessageSpec[]
}

export interface BuiltConversation {
  conversationId: Id<'conversation'>
  contactId: Id<'contact'>
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  phone: string
  messageIds: Id<'message'>[]
}

/** A conversation as a story: who wrote what, when. */
export async function aConversation(scope: Scope, spec: ConversationSpec): Promise<BuiltConversation> {
  const [built] = await scope.transaction((tx) => insertConversations(tx, scope.tenantId, [spec]))
  if (!built) throw new Error('no conversation was built')
  return built
}

/** One more message at the end of a conversation, with all that goes with it: sequence, preview, unread count. */
export async function aMessage(scope: Scope, conversation: BuiltConversation, spec: MessageSpec = {}): Promise<Id<'message'>> {
  return scope.transaction(async (tx) => {
    const ids = [toUuid(scope.tenantId), toUuid(conversation.conversationId)]
    const [row] = await tx.sql<{ message_sequence: number; unread_count: number }>(
      'select message_sequence, unread_count from conversations where tenant_id = $1::uuid and id = $2::uuid for update',
      ids,
    )
    if (!row) throw new Error('no such conversation')
    const message = messageRow(conversation, spec, row.message_sequence + 1, tx.now)
    await insertMessages(tx, scope.tenantId, [message])
    await tx.sql(
      `update conversations set message_sequence = $3::int, last_message_id = $4::uuid, last_message_at = $5::timestamptz, last_message_sequence = $3::int,
         last_message_preview = $6, last_message_kind = $7, last_message_direction = $8, unread_count = $9::int, version = version + 1
       where tenant_id = $1::uuid and id = $2::uuid`,
      [
        ...ids,
        message.sequence,
        message.id,
        message.provider_time,
        message.body.slice(0, LIMITS.previewChars),
        message.kind,
        message.direction,
        row.unread_count + (message.direction === 'inbound' ? 1 : 0),
      ],
    )
    return message.messageId
  })
}

/**
 * Many conversations with everything that belongs to them, in eight statements however many they are; the seed's way.
 * They are written as they would stand after intake and sender had done their work; nothing is emitted.
 */
export async function insertConversations(
  tx: SqlTx,
  tenantId: Id<'tenant'>,
  specs: readonly ConversationSpec[],
): Promise<BuiltConversation[]> {
  const stories = specs.map((spec) => storyOf(spec, tx.now))
  const rows = <Row>(pick: (story: Story) => Row | Row[]) => JSON.stringify(stories.flatMap(pick))
  const insert = (table: string, columns: string, json: string) =>
    tx.sql(
      `insert into ${table} (tenant_id, ${names(columns)}) select $1::uuid, ${names(columns)} from jsonb_to_recordset($2::text::jsonb) as r(${columns})`,
      [toUuid(tenantId), json],
    )
  await insert(
    'contacts',
    'id uuid, name text',
    rows((story) => story.contact),
  )
  await insert(
    'contact_identities',
    'id uuid, contact_id uuid, kind text, scope text, value text, attested boolean',
    rows((story) => story.identities),
  )
  await insert(
    'lines',
    'id uuid, channel_account_id uuid, contact_id uuid, last_inbound_at timestamptz, window_expires_at timestamptz',
    rows((story) => story.line),
  )
  await insert(
    'line_identities',
    'channel_account_id uuid, identity_id uuid, line_id uuid',
    rows((story) => story.lineIdentities),
  )
  await insert(
    'conversations',
    CONVERSATION_COLUMNS,
    rows((story) => story.conversation),
  )
  await insertMessages(
    tx,
    tenantId,
    stories.flatMap((story) => story.messages),
  )
  return stories.map((story) => story.built)
}

const CONVERSATION_COLUMNS = `id uuid, contact_id uuid, slot text, status text, assignee_id uuid, line_id uuid, channel_account_id uuid, channel text,
  last_message_id uuid, last_message_at timestamptz, last_message_sequence int, last_message_preview text, last_message_kind text,
  last_message_direction text, last_inbound_at timestamptz, unread_count int, message_sequence int, opened_at timestamptz, resolved_at timestamptz`
const MESSAGE_COLUMNS = `id uuid, conversation_id uuid, line_id uuid, channel_account_id uuid, direction text, kind text, body text, content jsonb,
  author_kind text, author_id uuid, provider_time timestamptz, sequence int, received_at timestamptz`
const DELIVERY_COLUMNS = `id uuid, message_id uuid, conversation_id uuid, line_id uuid, channel_account_id uuid, state text, position int, due_at timestamptz,
  error_code text, external_id text, queued_at timestamptz, sent_at timestamptz, delivered_at timestamptz, read_at timestamptz, failed_at timestamptz,
  unknown_at timestamptz`

/** `id uuid, name text` -> `id, name`. */
const names = (columns: string) =>
  columns
    .split(',')
    .map((column) => column.trim().split(' ')[0])
    .join(', ')

type Story = ReturnType<typeof storyOf>

function storyOf(spec: ConversationSpec, now: Date) {
  const contactId = newId('contact')
  const phone = spec.contact?.phone ?? `62${randomInt(800_000_000, 899_999_999)}${randomInt(100, 999)}`
  const built: BuiltConversation = {
    conversationId: newId('conversation'),
    contactId,
    lineId: newId('line'),
    channelAccountId: spec.channelAccountId,
    phone,
    messageIds: [],
  }
  const specs = spec.messages ?? [{ body: 'Hi, where is my order?', at: now }]
  const messages = specs.map((message, index) => messageRow(built, message, index + 1, now))
  built.messageIds = messages.map((message) => message.messageId)
  const last = [...messages].sort((a, b) => a.provider_time.localeCompare(b.provider_time) || a.sequence - b.sequence).at(-1)
  const lastInboundAt = messages.findLast((message) => message.direction === 'inbound')?.provider_time ?? null
  const identities = ['phone', 'wa_id'].map((kind) => ({
    id: toUuid(newId('contactIdentity')),
    contact_id: toUuid(contactId),
    kind,
    scope: 'tenant',
    value: kind === 'phone' ? `+${phone}` : phone,
    attested: true,
  }))
  const place = { channel_account_id: toUuid(spec.channelAccountId), contact_id: toUuid(contactId) }
  const status = spec.status ?? 'open'
  return {
    built,
    identities,
    messages,
    contact: { id: toUuid(contactId), name: spec.contact?.name === undefined ? 'Siti Rahma' : spec.contact.name },
    line: { ...place, id: toUuid(built.lineId), last_inbound_at: lastInboundAt, window_expires_at: windowOf(spec, lastInboundAt) },
    lineIdentities: identities.map((identity) => ({
      channel_account_id: place.channel_account_id,
      identity_id: identity.id,
      line_id: toUuid(built.lineId),
    })),
    conversation: {
      ...place,
      id: toUuid(built.conversationId),
      slot: spec.slot ?? 'all',
      status,
      assignee_id: spec.assigneeId ? toUuid(spec.assigneeId) : null,
      line_id: toUuid(built.lineId),
      channel: 'whatsapp',
      last_message_id: last?.id ?? null,
      last_message_at: last?.provider_time ?? now.toISOString(),
      last_message_sequence: last?.sequence ?? 0,
      last_message_preview: (last?.body ?? '').slice(0, LIMITS.previewChars),
      last_message_kind: last?.kind ?? null,
      last_message_direction: last?.direction ?? null,
      last_inbound_at: lastInboundAt,
      unread_count: spec.unreadCount ?? (last?.direction === 'inbound' && status !== 'resolved' ? 1 : 0),
      message_sequence: messages.length,
      opened_at: messages[0]?.provider_time ?? now.toISOString(),
      resolved_at: status === 'resolved' ? (last?.provider_time ?? now.toISOString()) : null,
    },
  }
}

function windowOf(spec: ConversationSpec, lastInboundAt: string | null): string | null {
  if (spec.windowExpiresAt !== undefined) return spec.windowExpiresAt?.toISOString() ?? null
  return lastInboundAt && new Date(Date.parse(lastInboundAt) + 24 * HOUR).toISOString()
}

function messageRow(at: BuiltConversation, spec: MessageSpec, sequence: number, now: Date) {
  const messageId = newId('message')
  const direction = spec.direction ?? 'inbound'
  const time = (spec.at ?? now).toISOString()
  const delivery = direction === 'outbound' ? (spec.delivery ?? 'read') : null
  return {
    messageId,
    delivery,
    errorCode: spec.errorCode ?? null,
    id: toUuid(messageId),
    conversation_id: toUuid(at.conversationId),
    line_id: toUuid(at.lineId),
    channel_account_id: toUuid(at.channelAccountId),
    direction,
    kind: spec.kind ?? 'text',
    body: spec.body ?? 'Hello',
    content: spec.content ?? {},
    author_kind: direction === 'inbound' ? 'contact' : spec.authorId ? 'member' : 'automation',
    author_id: direction === 'inbound' ? toUuid(at.contactId) : spec.authorId ? toUuid(spec.authorId) : null,
    provider_time: time,
    received_at: time,
    sequence,
  }
}

type MessageRow = ReturnType<typeof messageRow>

async function insertMessages(tx: SqlTx, tenantId: Id<'tenant'>, messages: readonly MessageRow[]): Promise<void> {
  const insert = (table: string, columns: string, rows: readonly object[]) =>
    tx.sql(
      `insert into ${table} (tenant_id, ${names(columns)}) select $1::uuid, ${names(columns)} from jsonb_to_recordset($2::text::jsonb) as r(${columns})`,
      [toUuid(tenantId), JSON.stringify(rows)],
    )
  const deliveries = messages.flatMap((message) => (message.delivery === null ? [] : [deliveryRow(message, message.delivery)]))
  const inbound = messages.filter((message) => message.direction === 'inbound')
  await insert('messages', MESSAGE_COLUMNS, messages)
  await insert('deliveries', DELIVERY_COLUMNS, deliveries)
  await insert('external_refs', 'channel_account_id uuid, external_id text, message_id uuid, delivery_id uuid', [
    ...inbound.map((message) => ({
      channel_account_id: message.channel_account_id,
      external_id: externalIdOf(message.messageId),
      message_id: message.id,
    })),
    ...deliveries.flatMap(({ external_id, channel_account_id, message_id, id }) =>
      external_id ? [{ external_id, channel_account_id, message_id, delivery_id: id }] : [],
    ),
  ])
}

/** What the provider calls a built message. */
export function externalIdOf(messageId: Id<'message'>): string {
  return `wamid.${messageId.slice('msg_'.length)}`
}

function deliveryRow(message: MessageRow, state: DeliveryState) {
  const time = message.provider_time
  const reached = (states: DeliveryState[]) => (states.includes(state) ? time : null)
  const isSent = ['sent', 'delivered', 'read', 'played'].includes(state)
  return {
    id: toUuid(newId('delivery')),
    message_id: message.id,
    conversation_id: message.conversation_id,
    line_id: message.line_id,
    channel_account_id: message.channel_account_id,
    state,
    position: message.sequence,
    due_at: time,
    error_code: state === 'failed' ? (message.errorCode ?? '131026') : null,
    external_id: isSent ? externalIdOf(message.messageId) : null,
    queued_at: time,
    sent_at: reached(['sent', 'delivered', 'read', 'played']),
    delivered_at: reached(['delivered', 'read', 'played']),
    read_at: reached(['read', 'played']),
    failed_at: reached(['failed']),
    unknown_at: reached(['unknown']),
  }
}
