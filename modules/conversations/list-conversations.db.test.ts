import { beforeAll, expect, test } from 'vitest'
import type { Id } from '#platform/ids.ts'
import { toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, type BuiltConversation, insertConversations } from '#tests/builders/conversations.ts'
import { aMember, aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { countConversations, getConversation, listConversations, loadListItems } from './index.ts'
import type { ConversationView, ListStatus } from './types.ts'

const database = useDatabase()
const minutesAgo = (minutes: number) => new Date(Date.parse('2026-11-20T12:00:00Z') - minutes * 60_000)
const inbound = (minutes: number, body = 'Hi') => ({ body, at: minutesAgo(minutes) })

let tenant: BuiltTenant
let sara: MemberScope
let own: MemberScope
let blind: MemberScope
let channelAccountId: Id<'channelAccount'>
const built: Record<string, BuiltConversation> = {}

beforeAll(async () => {
  tenant = await aTenant(database.web)
  const neighbour = await aTenant(database.web)
  sara = await aMember(database.web, tenant, { name: 'Sara', grants: [{ permission: 'conversations.view', reach: 'all' }] })
  own = await aMember(database.web, tenant, { name: 'Omar', grants: [{ permission: 'conversations.view', reach: 'own' }] })
  blind = await aMember(database.web, tenant, { name: 'Nadia', grants: [{ permission: 'messages.send', reach: 'all' }] })
  channelAccountId = (await aChannelAccount(tenant.scope, { name: 'Shop Jakarta' })).channelAccountId
  const story = (name: string, spec: Omit<Parameters<typeof aConversation>[1], 'channelAccountId'>) =>
    aConversation(tenant.scope, { channelAccountId, contact: { name }, ...spec }).then((one) => {
      built[name] = one
    })
  await story('newest', { messages: [inbound(1)] })
  await story('saras', { messages: [inbound(2)], assigneeId: sara.actor.memberId })
  await story('omars', { messages: [inbound(3)], assigneeId: own.actor.memberId, status: 'pending' })
  await story('snoozed', { messages: [inbound(4)], status: 'snoozed' })
  await story('done', { messages: [inbound(5)], status: 'resolved' })
  await story('omars done', { messages: [inbound(6)], status: 'resolved', assigneeId: own.actor.memberId })
  await aConversation(neighbour.scope, { ...(await aChannelAccount(neighbour.scope)), contact: { name: 'foreign' } })
})

const namesFor = async (scope: MemberScope, view: ConversationView, status: ListStatus) =>
  (await listConversations(scope, { view, status })).items.map((item) => item.contact.name)

test('the open tab holds everything still to be done, newest first; the resolved tab the rest', async () => {
  expect(await namesFor(sara, 'all', 'open')).toEqual(['newest', 'saras', 'omars', 'snoozed'])
  expect(await namesFor(sara, 'unassigned', 'open')).toEqual(['newest', 'snoozed'])
  expect(await namesFor(sara, 'mine', 'open')).toEqual(['saras'])
  expect(await namesFor(sara, 'all', 'resolved')).toEqual(['done', 'omars done'])
  expect(await namesFor(sara, 'unassigned', 'resolved')).toEqual(['done'])
})

test('a member whose reach is their own sees only what is assigned to them, whatever the view', async () => {
  expect(await namesFor(own, 'all', 'open')).toEqual(['omars'])
  expect(await namesFor(own, 'mine', 'open')).toEqual(['omars'])
  expect(await namesFor(own, 'unassigned', 'open')).toEqual([])
  expect(await namesFor(own, 'all', 'resolved')).toEqual(['omars done'])
  expect(await namesFor(blind, 'all', 'open')).toEqual([])
})

test('counters obey the same reach', async () => {
  const few = (count: number) => ({ count, isMore: false })
  expect(await countConversations(sara)).toEqual({ mine: few(1), unassigned: few(2), all: few(4) })
  expect(await countConversations(own)).toEqual({ mine: few(1), unassigned: few(0), all: few(1) })
  expect(await countConversations(blind)).toEqual({ mine: few(0), unassigned: few(0), all: few(0) })
})

test('counting stops at 99', async () => {
  const crowd = await aTenant(database.web)
  const account = (await aChannelAccount(crowd.scope)).channelAccountId
  const specs = Array.from({ length: 101 }, () => ({ channelAccountId: account }))
  await crowd.scope.transaction((tx) => insertConversations(tx, crowd.tenantId, specs))
  expect((await countConversations(crowd.scope)).unassigned).toEqual({ count: 99, isMore: true })
})

test('one conversation answers like its list row, and is absent outside the reach', async () => {
  const { conversationId } = built.saras ?? expect.unreachable()
  const found = await getConversation(sara, { conversationId })
  expect(found).toMatchObject({
    ok: true,
    value: { contact: { name: 'saras', address: `+${built.saras?.phone}` }, assignee: { name: 'Sara' } },
  })
  expect(await getConversation(own, { conversationId })).toEqual({ ok: false, code: 'not_found' })
  expect(await getConversation(blind, { conversationId })).toEqual({ ok: false, code: 'not_found' })
})

test('a row has all the list shows', async () => {
  const { items } = await listConversations(sara, { view: 'mine', status: 'open' })
  expect(items).toEqual([
    {
      id: built.saras?.conversationId,
      version: 1,
      status: 'open',
      contact: { id: built.saras?.contactId, name: 'saras', address: `+${built.saras?.phone}` },
      channel: 'whatsapp',
      channelAccountId,
      channelAccountName: 'Shop Jakarta',
      lineId: built.saras?.lineId,
      assignee: { id: sara.actor.memberId, name: 'Sara' },
      lastMessageAt: '2026-11-20T11:58:00.000Z',
      lastMessageSequence: 1,
      lastMessagePreview: 'Hi',
      lastMessageKind: 'text',
      lastMessageDirection: 'inbound',
      unreadCount: 1,
      windowExpiresAt: '2026-11-21T11:58:00.000Z',
    },
  ])
})

test('pages follow each other without gap or repeat, also among messages of the same moment', async () => {
  const crowd = await aTenant(database.web)
  const account = (await aChannelAccount(crowd.scope)).channelAccountId
  const specs = Array.from({ length: 23 }, (_, n) => ({ channelAccountId: account, messages: [inbound(Math.floor(n / 5))] }))
  const all = await crowd.scope.transaction((tx) => insertConversations(tx, crowd.tenantId, specs))
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await listConversations(crowd.scope, { view: 'all', status: 'open', limit: 4, cursor })
    seen.push(...page.items.map((item) => item.id))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toHaveLength(23)
  expect(new Set(seen)).toEqual(new Set(all.map((one) => one.conversationId)))
})

test('a merged contact goes by the name of its merge root, and keeps the address that wrote', async () => {
  const { scope } = await aTenant(database.web)
  const account = (await aChannelAccount(scope)).channelAccountId
  const [one, middle, root] = await scope.transaction((tx) =>
    insertConversations(tx, scope.tenantId, [
      { channelAccountId: account, contact: { name: 'S. Rahma' } },
      { channelAccountId: account, contact: { name: 'Siti' }, status: 'resolved' },
      { channelAccountId: account, contact: { name: 'Siti Rahma' }, status: 'resolved' },
    ]),
  )
  await scope.transaction(async ({ prisma }) => {
    const point = (from?: BuiltConversation, to?: BuiltConversation) =>
      prisma.contact.updateMany({ where: { id: toUuid(from?.contactId ?? '') }, data: { mergedIntoId: toUuid(to?.contactId ?? '') } })
    await point(one, middle)
    await point(middle, root)
  })
  const { items } = await listConversations(scope, { view: 'all', status: 'open' })
  expect(items[0]?.contact).toEqual({ id: root?.contactId, name: 'Siti Rahma', address: `+${one?.phone}` })
})

test('a conversation merged into another stands in no list and answers with that one', async () => {
  const { scope } = await aTenant(database.web)
  const account = (await aChannelAccount(scope)).channelAccountId
  const [half, whole] = await scope.transaction((tx) =>
    insertConversations(tx, scope.tenantId, [{ channelAccountId: account, status: 'resolved' }, { channelAccountId: account }]),
  )
  if (!half || !whole) return expect.unreachable()
  await scope.transaction(({ prisma }) =>
    prisma.conversation.updateMany({
      where: { id: toUuid(half.conversationId) },
      data: { mergedIntoId: toUuid(whole.conversationId) },
    }),
  )
  expect((await listConversations(scope, { view: 'all', status: 'resolved' })).items).toEqual([])
  expect(await getConversation(scope, { conversationId: half.conversationId })).toMatchObject({
    ok: true,
    value: { id: whole.conversationId },
  })
})

test('rows are loaded by id for live screens, as a worker too', async () => {
  const ids = [built.newest, built.done].map((one) => one?.conversationId ?? expect.unreachable())
  const rows = await database.worker.batchTransaction([tenant.tenantId], tenant.scope.clock, (tx) =>
    loadListItems(tx, tenant.tenantId, ids),
  )
  expect([...rows.values()].map((row) => [row.id, row.contact.name])).toEqual([
    [ids[0], 'newest'],
    [ids[1], 'done'],
  ])
})
