import { beforeEach, expect, test } from 'vitest'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, aMessage, type BuiltConversation } from '#tests/builders/conversations.ts'
import { outboxOf } from '#tests/builders/events.ts'
import { aMember, aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { assignConversation, markConversationRead, markTyping, reopenConversation, resolveConversation } from './index.ts'

const database = useDatabase()
let tenant: BuiltTenant
let channelAccountId: Id<'channelAccount'>
let conversation: BuiltConversation

beforeEach(async () => {
  tenant = await aTenant(database.web)
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
  conversation = await aConversation(tenant.scope, { channelAccountId })
})

const events = () => outboxOf(database, tenant.tenantId, conversation.conversationId)
const target = () => ({ conversationId: conversation.conversationId })

test('assigning tells who had it and who has it', async () => {
  const sara = await aMember(database.web, tenant, { name: 'Sara' })
  const assigneeId = sara.actor.memberId
  const changed = await assignConversation(tenant.scope, { ...target(), assigneeId })
  expect(changed).toMatchObject({ ok: true, value: { row: { assignee: { id: assigneeId, name: 'Sara' }, version: 2 } } })
  expect(await events()).toEqual([
    {
      type: 'conversation.assigned',
      key: conversation.conversationId,
      payload: { ...target(), assigneeId, by: tenant.scope.actor.memberId, version: 2 },
      reach: { before: { assigneeId: null }, after: { assigneeId } },
    },
  ])
})

test('assigning to whom it belongs changes nothing', async () => {
  const assigneeId = tenant.scope.actor.memberId
  await assignConversation(tenant.scope, { ...target(), assigneeId })
  expect(await assignConversation(tenant.scope, { ...target(), assigneeId })).toMatchObject({ ok: true, value: { row: { version: 2 } } })
  expect(await events()).toHaveLength(1)
  expect(await assignConversation(tenant.scope, { ...target(), assigneeId: null })).toMatchObject({
    ok: true,
    value: { row: { assignee: null } },
  })
})

test('nobody can be assigned who is suspended, unknown or of another tenant', async () => {
  const suspended = await aMember(database.web, tenant, { status: 'suspended' })
  const foreign = (await aTenant(database.web)).scope
  for (const assigneeId of [suspended.actor.memberId, foreign.actor.memberId, newId('member')]) {
    expect(await assignConversation(tenant.scope, { ...target(), assigneeId })).toEqual({ ok: false, code: 'assignee_unavailable' })
  }
  expect(await events()).toEqual([])
})

test('a row that leaves the actor’s reach by their own change is taken from their screen', async () => {
  const own = (permission: string) => ({ permission, reach: 'own' as const })
  const omar = await aMember(database.web, tenant, { grants: [own('conversations.view'), own('conversations.assign')] })
  expect(await assignConversation(omar, { ...target(), assigneeId: omar.actor.memberId })).toEqual({ ok: false, code: 'not_found' })
  await assignConversation(tenant.scope, { ...target(), assigneeId: omar.actor.memberId })
  expect(await assignConversation(omar, { ...target(), assigneeId: null })).toEqual({ ok: true, value: { row: null } })
})

test('who may see but not change gets not_allowed; who may not see gets not_found', async () => {
  const viewer = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'all' }] })
  const stranger = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.resolve', reach: 'all' }] })
  const changes = [
    (scope: typeof viewer) => assignConversation(scope, { ...target(), assigneeId: null }),
    (scope: typeof viewer) => resolveConversation(scope, target()),
    (scope: typeof viewer) => reopenConversation(scope, target()),
  ]
  for (const change of changes) {
    expect(await change(viewer)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await change(stranger)).toEqual({ ok: false, code: 'not_found' })
  }
})

test('resolving and reopening, each once, each told', async () => {
  expect(await resolveConversation(tenant.scope, target())).toMatchObject({
    ok: true,
    value: { row: { status: 'resolved', unreadCount: 0, version: 2 } },
  })
  expect(await resolveConversation(tenant.scope, target())).toMatchObject({ ok: true, value: { row: { version: 2 } } })
  expect(await reopenConversation(tenant.scope, target())).toMatchObject({ ok: true, value: { row: { status: 'open', version: 3 } } })
  expect(await reopenConversation(tenant.scope, target())).toMatchObject({ ok: true, value: { row: { version: 3 } } })
  expect((await events()).map((event) => event.type)).toEqual(['conversation.resolved', 'conversation.reopened'])
})

test('nobody resolves over a message they have not seen', async () => {
  await aMessage(tenant.scope, conversation, { body: 'One more thing' })
  expect(await resolveConversation(tenant.scope, { ...target(), lastSequenceSeen: 1 })).toEqual({ ok: false, code: 'missed_messages' })
  expect(await resolveConversation(tenant.scope, { ...target(), lastSequenceSeen: 2 })).toMatchObject({ ok: true })
})

test('a person with an open conversation is told which, instead of getting a second', async () => {
  await resolveConversation(tenant.scope, target())
  const newer = await aConversation(tenant.scope, { channelAccountId })
  // The same person, found out later: the older contact points to the newer one.
  await tenant.scope.transaction(({ prisma }) =>
    prisma.contact.updateMany({
      where: { id: toUuid(conversation.contactId) },
      data: { mergedIntoId: toUuid(newer.contactId) },
    }),
  )
  const refused = { ok: false, code: 'another_conversation_open', detail: { conversationId: newer.conversationId } }
  expect(await reopenConversation(tenant.scope, target())).toEqual(refused)
  await resolveConversation(tenant.scope, { conversationId: newer.conversationId })
  expect(await reopenConversation(tenant.scope, target())).toMatchObject({ ok: true })
})

test('two conversations of one person reopened at once: one opens', async () => {
  const tenantId = toUuid(tenant.tenantId)
  await resolveConversation(tenant.scope, target())
  const second = await aConversation(tenant.scope, { channelAccountId, status: 'resolved' })
  await tenant.scope.transaction(({ prisma }) =>
    prisma.conversation.update({
      where: { tenantId_id: { tenantId, id: toUuid(second.conversationId) } },
      data: { contactId: toUuid(conversation.contactId) },
    }),
  )
  const results = await Promise.all(
    [target(), { conversationId: second.conversationId }].map((one) => reopenConversation(tenant.scope, one)),
  )
  expect(results.map((result) => (result.ok ? 'opened' : result.code)).sort()).toEqual(['another_conversation_open', 'opened'])
})

test('reading leaves unread what came while one looked', async () => {
  await aMessage(tenant.scope, conversation, { body: 'Hello?' })
  await aMessage(tenant.scope, conversation, { body: 'Anybody there?' })
  const read = (lastSequenceSeen?: number) => markConversationRead(tenant.scope, { ...target(), lastSequenceSeen })
  expect(await read(1)).toMatchObject({ ok: true, value: { row: { unreadCount: 2, version: 4 } } })
  expect(await read(2)).toMatchObject({ ok: true, value: { row: { unreadCount: 1, version: 5 } } })
  expect(await read()).toMatchObject({ ok: true, value: { row: { unreadCount: 0, version: 6 } } })
  expect(await read()).toMatchObject({ ok: true, value: { row: { unreadCount: 0, version: 6 } } })
  const told = (await events()).map(({ type, payload }) => [type, payload.changed ?? payload.typing])
  // The customer sees it once nothing is left unread.
  expect(told).toEqual([...Array.from({ length: 3 }, () => ['conversation.changed', ['unreadCount']]), ['line.seen', false]])
})

test('typing is told while the conversation is open, and changes nothing', async () => {
  await aMessage(tenant.scope, conversation, { body: 'Hello?' })
  expect(await markTyping(tenant.scope, target())).toEqual({ ok: true, value: true })
  const told = async () => (await events()).filter(({ type }) => type === 'line.seen').map(({ payload }) => payload.typing)
  expect(await told()).toEqual([true])
  await resolveConversation(tenant.scope, target())
  expect(await markTyping(tenant.scope, target())).toEqual({ ok: true, value: true })
  expect(await told()).toEqual([true])
})

test('changes to a merged conversation reach the one it was merged into', async () => {
  const whole = await aConversation(tenant.scope, { channelAccountId })
  await resolveConversation(tenant.scope, target())
  await tenant.scope.transaction(({ prisma }) =>
    prisma.conversation.updateMany({
      where: { id: toUuid(conversation.conversationId) },
      data: { mergedIntoId: toUuid(whole.conversationId) },
    }),
  )
  expect(await resolveConversation(tenant.scope, target())).toMatchObject({ ok: true, value: { row: { id: whole.conversationId } } })
})
