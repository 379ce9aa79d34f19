import { texts, times, uuids } from '#platform/db/arrays.ts'
import { Contended, type SqlTx, sqlState } from '#platform/db/sql.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { askedKey, findLatest, loadThreadingRules, lockByIds, lockOpen, type SlotKey } from './receive-queries.ts'
import { joinOpen, place, type Slot, type ThreadingRules } from './receive-threading.ts'
import type { Arrival, Placed, ReceivingConversation } from './receive-types.ts'
import type { ConversationStatus } from './types.ts'

/**
 * Finds, reopens or opens the conversation of each arriving message. Conversations are locked sorted, after contacts; the
 * caller's lock on the contact and the unique index keep it at one open conversation per contact and slot (I7).
 *
 * One query when every person has an open conversation, at most six.
 * @returns one for each arrival, in order; null for a notice nobody is there to read
 * @throws Contended when somebody reopened one at the same moment
 */
export async function openConversations(tx: SqlTx, arrivals: readonly Arrival[]): Promise<(Placed | null)[]> {
  if (arrivals.length === 0) return []
  const keys = arrivals.map(askedKey)
  const open = await lockOpen(tx, [...new Map(arrivals.map((arrival, n) => [keys[n], arrival])).values()])
  const joined = new Map<Arrival, ReceivingConversation>()
  const without: Arrival[] = []
  for (const [n, arrival] of arrivals.entries()) {
    const conversation = open.get(keys[n] ?? '')
    if (conversation) joined.set(arrival, conversation)
    else without.push(arrival)
  }
  const slotOf = await loadSlots(tx, without)
  const placed = new Map<Arrival, Placed | null>()
  for (const arrival of inOrderOfWork(arrivals)) {
    const conversation = joined.get(arrival)
    const slot = slotOf.get(arrival)
    placed.set(arrival, conversation ? joinOpen(conversation, arrival) : slot ? place(slot, arrival) : null)
  }
  const conversations = [...new Set([...placed.values()].flatMap((each) => each?.conversation ?? []))]
  await reopen(
    tx,
    conversations.filter(({ outcome }) => outcome === 'reopened'),
  )
  await insert(
    tx,
    conversations.filter(({ outcome }) => outcome === 'opened'),
  )
  return arrivals.map((arrival) => placed.get(arrival) ?? null)
}

type Keyed = { arrival: Arrival; key: SlotKey }

const nameOf = ({ contactId, slot }: SlotKey) => `${contactId}|${slot}`

function slotKeyOf({ tenantId, contactId, channelAccountId }: Arrival, rules: ThreadingRules): SlotKey {
  return { tenantId, contactId, slot: rules.slot === 'all' ? 'all' : toUuid(channelAccountId) }
}

/** What makes work goes first, so that a quiet message of the same batch joins what it opened; then by time. */
function inOrderOfWork(arrivals: readonly Arrival[]): Arrival[] {
  const rank = { customer: 0, business: 1, notice: 2, quiet: 3 }
  return [...arrivals].sort((a, b) => rank[a.mode] - rank[b.mode] || a.at.getTime() - b.at.getTime())
}

/** The slots of persons who have no conversation open; arrivals of one person on several accounts may share one. */
async function loadSlots(tx: SqlTx, arrivals: readonly Arrival[]): Promise<Map<Arrival, Slot>> {
  const slotOf = new Map<Arrival, Slot>()
  if (arrivals.length === 0) return slotOf
  const rulesOf = await loadThreadingRules(tx, [...new Set(arrivals.map((arrival) => arrival.tenantId))])
  const keyed = arrivals.map((arrival) => ({ arrival, key: slotKeyOf(arrival, rulesOf(arrival.tenantId)) }))
  const { latest, answered } = await loadResolved(
    tx,
    keyed.filter(({ arrival }) => arrival.mode !== 'notice'),
  )
  const slots = new Map<string, Slot>()
  for (const { arrival, key } of keyed) {
    const name = nameOf(key)
    const slot = slots.get(name) ?? {
      open: null,
      latest: latest.get(name) ?? null,
      answered,
      rules: rulesOf(key.tenantId),
      create: (by: Arrival, status: ConversationStatus) => conversationFor(key, by, status),
    }
    slots.set(name, slot)
    slotOf.set(arrival, slot)
  }
  return slotOf
}

function conversationFor(key: SlotKey, arrival: Arrival, status: ConversationStatus): ReceivingConversation {
  return {
    ...key,
    id: newId('conversation'),
    status,
    assigneeId: null,
    lastMessageAt: arrival.at,
    lastInboundAt: arrival.mode === 'customer' ? arrival.at : null,
    resolvedAt: status === 'resolved' ? arrival.at : null,
    version: 1,
    outcome: 'opened',
  }
}

/** What persons without an open conversation have: their latest, and the ones their messages answer. */
async function loadResolved(tx: SqlTx, keyed: readonly Keyed[]) {
  const latest = new Map<string, ReceivingConversation>()
  const answered = new Map<string, ReceivingConversation>()
  if (keyed.length === 0) return { latest, answered }
  const keys = [...new Map(keyed.map(({ key }) => [nameOf(key), key])).values()]
  const found = await findLatest(tx, keys)
  const answers = keyed.flatMap(({ arrival: { tenantId, answersId } }) => (answersId ? [{ tenantId, id: answersId }] : []))
  const locked = new Map(
    (await lockByIds(tx, [...found.map(({ tenantId, id }) => ({ tenantId, id })), ...answers])).map((row) => [row.id, row]),
  )
  for (const { key, id } of found) {
    const row = locked.get(id)
    if (row?.status === 'resolved') latest.set(nameOf(key), row)
    else if (row) throw new Contended('a conversation was reopened meanwhile')
  }
  for (const { key, arrival } of keyed) {
    const row = arrival.answersId ? locked.get(arrival.answersId) : undefined
    // Reopened, it stands in the slot of its contact's merge root.
    if (row) answered.set(row.id, Object.assign(row, { contactId: key.contactId, slot: key.slot }))
  }
  return { latest, answered }
}

async function reopen(tx: SqlTx, conversations: readonly ReceivingConversation[]): Promise<void> {
  if (conversations.length === 0) return
  try {
    await tx.sql(
      `update conversations c set status = 'open', resolved_at = null, contact_id = n.contact_id, slot = n.slot, opened_at = $5
       from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[]) as n(tenant_id, id, contact_id, slot)
       where c.tenant_id = n.tenant_id and c.id = n.id`,
      [
        uuids(conversations.map((conversation) => conversation.tenantId)),
        uuids(conversations.map((conversation) => conversation.id)),
        uuids(conversations.map((conversation) => conversation.contactId)),
        texts(conversations.map((conversation) => conversation.slot)),
        tx.now,
      ],
      'reopen_conversations',
    )
  } catch (error) {
    if (sqlState(error) === '23505') throw new Contended('another conversation of this person was opened meanwhile')
    throw error
  }
}

/** They show nothing yet: projecting their messages comes next, and anything is newer than `-infinity`. */
async function insert(tx: SqlTx, conversations: readonly ReceivingConversation[]): Promise<void> {
  if (conversations.length === 0) return
  const inserted = await tx.sql(
    `insert into conversations (tenant_id, id, contact_id, slot, status, last_message_at, resolved_at, opened_at, created_at)
     select t, i, c, s, st, '-infinity'::timestamptz, r, $7, $7
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::timestamptz[]) as u(t, i, c, s, st, r)
     order by t, c, s
     on conflict (tenant_id, contact_id, slot) where status <> 'resolved' do nothing returning id`,
    [
      uuids(conversations.map((conversation) => conversation.tenantId)),
      uuids(conversations.map((conversation) => conversation.id)),
      uuids(conversations.map((conversation) => conversation.contactId)),
      texts(conversations.map((conversation) => conversation.slot)),
      texts(conversations.map((conversation) => conversation.status)),
      times(conversations.map((conversation) => conversation.resolvedAt)),
      tx.now,
    ],
    'insert_conversations',
  )
  if (inserted.length < conversations.length) throw new Contended('somebody opened a conversation with this person at the same moment')
}
