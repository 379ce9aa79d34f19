import pg from 'pg'
import { beforeEach, expect, test } from 'vitest'
import { assignConversation } from '#modules/conversations/index.ts'
import { DeliveryChanged } from '#modules/deliveries/index.ts'
import { MemberAbilityChanged } from '#modules/members/index.ts'
import { systemClock } from '#platform/clock.ts'
import { shardOf } from '#platform/event-log/shards.ts'
import { emit, eventOf } from '#platform/events.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, type BuiltConversation } from '#tests/builders/conversations.ts'
import { aMember, aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { announce, aSubscriber, openClient, receive, useHubs, useSequencer } from '#tests/suites/realtime-harness.ts'
import type { StreamClient } from '#tests/suites/stream-client.ts'

const database = useDatabase()
useSequencer(database)
const startHub = useHubs(database)

let tenant: BuiltTenant
let conversation: BuiltConversation

beforeEach(async () => {
  tenant = await aTenant(database.web)
  conversation = await aConversation(tenant.scope, await aChannelAccount(tenant.scope))
})

const asSuperuser = async (sql: string) => {
  const client = new pg.Client({ connectionString: database.urls.superuser })
  await client.connect()
  const { rowCount } = await client.query(sql)
  await client.end()
  return rowCount
}
/** A client that has heard where it stands. */
const opened = async (client: StreamClient): Promise<StreamClient> => {
  await expect.poll(() => client.frames.length).toBeGreaterThan(0)
  return client
}
const own = [{ permission: 'conversations.view', reach: 'own' as const }]
const tick = (scope: MemberScope, state: string, of: Id<'message'>, deliveryId = newId('delivery')) =>
  eventOf(DeliveryChanged, scope.tenantId, {
    conversationId: conversation.conversationId,
    messageId: of,
    deliveryId,
    channelAccountId: conversation.channelAccountId,
    state,
    at: new Date().toISOString(),
    version: 2,
  })

test('a message appears on an open screen with its bubble and its row in the list', async () => {
  const { hub } = startHub()
  const client = await opened(openClient(hub, aSubscriber(database, tenant.scope)))
  const messageId = await receive(tenant.scope, conversation, 'Where is my order?')
  await expect.poll(() => client.of('message').length).toBe(1)
  expect(client.of('message')[0]).toMatchObject({
    conversationId: conversation.conversationId,
    row: { id: messageId, body: 'Where is my order?' },
  })
  expect(client.of('conversation')[0]?.row).toMatchObject({
    id: conversation.conversationId,
    lastMessagePreview: 'Where is my order?',
    unreadCount: 2,
  })
})

test('rows are loaded once for all who listen in this process', async () => {
  const { hub, counts } = startHub()
  const clients = await Promise.all(
    Array.from({ length: 12 }, async () => opened(openClient(hub, aSubscriber(database, await aMember(database.web, tenant))))),
  )
  await receive(tenant.scope, conversation, 'hello')
  await expect.poll(() => clients.map((client) => client.of('message').length)).toEqual(clients.map(() => 1))
  expect(counts).toEqual({ conversations: 1, messages: 1, deliveries: 0 })
})

test('a tick is small and loads nothing, unless there is something to read', async () => {
  const { hub, counts } = startHub()
  const client = await opened(openClient(hub, aSubscriber(database, tenant.scope)))
  const messageId = newId('message')
  await announce(tenant.scope, [tick(tenant.scope, 'delivered', messageId)])
  await expect.poll(() => client.of('delivery').length).toBe(1)
  expect(client.of('delivery')[0]).toMatchObject({ messageId, state: 'delivered', version: 2 })
  expect(client.of('delivery')[0]).not.toHaveProperty('delivery')
  expect(client.sizes[client.frames.findIndex(({ type }) => type === 'delivery')]).toBeLessThan(360)
  expect(counts).toEqual({ conversations: 0, messages: 0, deliveries: 0 })

  const failed = await aConversation(tenant.scope, {
    channelAccountId: conversation.channelAccountId,
    messages: [{ direction: 'outbound', delivery: 'failed', errorCode: '131026' }],
  })
  const [failedMessage = newId('message')] = failed.messageIds
  const { rows } = await database.worker.batchTransaction([tenant.tenantId], systemClock, async (tx) => ({
    rows: await tx.sql<{ id: string }>('select id from deliveries where tenant_id = $1 and message_id = $2', [
      toUuid(tenant.tenantId),
      toUuid(failedMessage),
    ]),
  }))
  const deliveryId = `dlv_${rows[0]?.id.replaceAll('-', '')}` as Id<'delivery'>
  await announce(tenant.scope, [tick(tenant.scope, 'failed', failedMessage, deliveryId)])
  await expect.poll(() => client.of('delivery').length).toBe(2)
  expect(client.of('delivery')[1]).toMatchObject({ state: 'failed', delivery: { id: deliveryId, errorCode: '131026' } })
})

test('a conversation that leaves a member’s reach is taken from their screen, and nothing of it follows', async () => {
  const { hub } = startHub()
  const omar = await aMember(database.web, tenant, { name: 'Omar', grants: own })
  const client = await opened(openClient(hub, aSubscriber(database, omar)))
  const target = { conversationId: conversation.conversationId }
  await receive(tenant.scope, conversation, 'before it is his')
  await assignConversation(tenant.scope, { ...target, assigneeId: omar.actor.memberId })
  await receive(tenant.scope, conversation, 'while it is his')
  await expect.poll(() => client.of('message').at(-1)?.row.body).toBe('while it is his')
  await assignConversation(tenant.scope, { ...target, assigneeId: null })
  await expect.poll(() => client.of('removed')).toMatchObject([target])
  const heard = client.frames.length
  await receive(tenant.scope, conversation, 'not his any more')
  await announce(tenant.scope, [tick(tenant.scope, 'read', newId('message'))])
  await expect.poll(() => client.frames.at(-1)?.type === 'heartbeat' && client.frames.length > heard + 2).toBe(true)
  expect(client.frames.slice(heard).filter(({ type }) => type !== 'heartbeat')).toEqual([])
})

test('a member whose ability changes starts afresh and is judged by the new one', async () => {
  const { hub } = startHub()
  const sara = await aMember(database.web, tenant, { name: 'Sara' })
  const client = await opened(openClient(hub, aSubscriber(database, sara)))
  await tenant.scope.transaction(async (tx) => {
    await tx.prisma.memberRole.deleteMany({ where: { tenantId: toUuid(tenant.tenantId), memberId: toUuid(sara.actor.memberId) } })
    await emit(tx, [eventOf(MemberAbilityChanged, tenant.tenantId, { memberId: sara.actor.memberId })])
  })
  await receive(tenant.scope, conversation, 'secret')
  await expect.poll(() => client.of('reset')).toMatchObject([{ reason: 'ability_changed' }])
  const heard = client.frames.length
  await expect.poll(() => client.frames.length).toBeGreaterThan(heard + 2)
  expect(client.of('message')).toEqual([])
})

test('the stream of an ended session or a suspended member ends', async () => {
  const { hub } = startHub({ recheckMs: 50 })
  const sara = await aMember(database.web, tenant)
  const [session, other] = [aSubscriber(database, tenant.scope), aSubscriber(database, sara)]
  const [client, suspended] = await Promise.all([opened(openClient(hub, session)), opened(openClient(hub, other))])
  session.end()
  await expect.poll(() => client.isEnded).toBe(true)
  expect(suspended.isEnded).toBe(false)
  await tenant.scope.transaction((tx) =>
    tx.prisma.member.updateMany({
      where: { tenantId: toUuid(tenant.tenantId), id: toUuid(sara.actor.memberId) },
      data: { status: 'suspended' },
    }),
  )
  await expect.poll(() => suspended.isEnded).toBe(true)
})

test('heartbeats carry a screen past what it may not see', async () => {
  const { hub } = startHub()
  const omar = await aMember(database.web, tenant, { grants: own })
  const client = await opened(openClient(hub, aSubscriber(database, omar)))
  const before = client.lastEventId
  await receive(tenant.scope, conversation, 'not his')
  await expect.poll(() => client.lastEventId).not.toBe(before)
  expect(new Set(client.frames.map(({ type }) => type))).toEqual(new Set(['heartbeat']))
})

test('another tenant’s cursor, or none at all, starts afresh', async () => {
  const { hub } = startHub()
  const other = await aTenant(database.web)
  const elsewhere = await opened(openClient(hub, aSubscriber(database, other.scope)))
  for (const cursor of [elsewhere.lastEventId, 'nonsense', '', '1']) {
    const client = await opened(openClient(hub, aSubscriber(database, tenant.scope), cursor))
    expect(client.frames[0]).toMatchObject({ type: 'reset', reason: 'unknown_cursor' })
  }
})

test('who was away longer than the log is kept starts afresh', async () => {
  const { hub } = startHub()
  const subscriber = aSubscriber(database, tenant.scope)
  const client = await opened(openClient(hub, subscriber))
  client.leave()
  for (const body of ['one', 'two', 'three']) await receive(tenant.scope, conversation, body)
  const logged = "select from bus.log where tenant_id = $1 and type = 'message.received'"
  await expect.poll(async () => (await database.worker.pool.query(logged, [toUuid(tenant.tenantId)])).rowCount).toBe(3)
  await database.worker.pool.query(
    'delete from bus.log l using bus.log_heads h where l.tenant_id = $1 and h.tenant_id = l.tenant_id and l.sequence < h.sequence',
    [toUuid(tenant.tenantId)],
  )
  const back = await opened(openClient(hub, subscriber, client.lastEventId))
  await expect.poll(() => back.of('reset')).toMatchObject([{ reason: 'too_old' }])
  await receive(tenant.scope, conversation, 'four')
  await expect.poll(() => back.of('message').map(({ row }) => row.body)).toEqual(['four'])
})

test('one more stream than a member may have ends the oldest', async () => {
  const { hub } = startHub()
  const subscriber = aSubscriber(database, tenant.scope)
  const clients = Array.from({ length: LIMITS.sseStreamsPerMember + 1 }, () => openClient(hub, subscriber))
  await expect.poll(() => clients.map((client) => client.isEnded)).toEqual(clients.map((_, at) => at === 0))
})

test('a notification that was lost is noticed', async () => {
  const { hub } = startHub()
  const client = await opened(openClient(hub, aSubscriber(database, tenant.scope)))
  await receive(tenant.scope, conversation, 'one')
  await expect.poll(() => client.of('message').length).toBe(1)
  const before = client.lastEventId
  const shard = shardOf(tenant.tenantId)
  await asSuperuser(
    `with head as (update bus.log_heads set sequence = sequence + 1 where tenant_id = '${toUuid(tenant.tenantId)}' returning tenant_id, sequence),
       shard as (update bus.log_shards set position = position + 1 where shard = ${shard} returning position)
     insert into bus.log (shard, position, tenant_id, sequence, event_id, type, key, payload, depth, at)
     select ${shard}, shard.position, head.tenant_id, head.sequence, gen_random_uuid(), 'thing.noted', 'k', '{}', 0, now() from head, shard`,
  )
  await expect.poll(() => client.lastEventId, { timeout: 5_000 }).not.toBe(before)
})

test('a listening connection that breaks is replaced, and nothing of the gap is missing', async () => {
  const { hub } = startHub({ lossCheckMs: 60_000 })
  const client = await opened(openClient(hub, aSubscriber(database, tenant.scope)))
  await receive(tenant.scope, conversation, 'one')
  await expect.poll(() => client.of('message').length).toBe(1)
  const terminated = await asSuperuser(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = 'weft_web' and query like '%bus.log_shards'",
  )
  expect(terminated).toBe(1)
  await receive(tenant.scope, conversation, 'two')
  await expect.poll(() => client.of('message').length, { timeout: 5_000 }).toBe(2)
})
