import { beforeEach, expect, test } from 'vitest'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, aMessage, type BuiltConversation, externalIdOf } from '#tests/builders/conversations.ts'
import { countingReads } from '#tests/builders/counting.ts'
import { aMember, aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { listMessages, loadMessageViews } from './index.ts'

const database = useDatabase()
const at = (minute: number) => new Date(Date.parse('2026-11-20T12:00:00Z') + minute * 60_000)

let tenant: BuiltTenant
let channelAccountId: Id<'channelAccount'>

beforeEach(async () => {
  tenant = await aTenant(database.web)
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
})

const thread = async (conversationId: Id<'conversation'>, limit?: number, cursor?: string) => {
  const page = await listMessages(tenant.scope, { conversationId, limit, cursor })
  return page.ok ? page.value : expect.unreachable(page.code)
}

test('a thread reads newest first, by the provider’s time and then by arrival', async () => {
  const built = await aConversation(tenant.scope, {
    channelAccountId,
    messages: [
      { body: 'second', at: at(2) },
      { body: 'late', at: at(1) },
      { body: 'third', at: at(2) },
    ],
  })
  const { items, nextCursor } = await thread(built.conversationId)
  expect(items.map((item) => item.body)).toEqual(['third', 'second', 'late'])
  expect(nextCursor).toBeNull()
})

test('pages follow each other without gap or repeat', async () => {
  const messages = Array.from({ length: 17 }, (_, n) => ({ body: `m${n}`, at: at(Math.floor(n / 4)) }))
  const built = await aConversation(tenant.scope, { channelAccountId, messages })
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const page = await thread(built.conversationId, 5, cursor)
    seen.push(...page.items.map((item) => item.body))
    cursor = page.nextCursor ?? undefined
  } while (cursor)
  expect(seen).toEqual(messages.map((message) => message.body).reverse())
})

test('a bubble has all it shows', async () => {
  const sara = await aMember(database.web, tenant, { name: 'Sara' })
  const built = await aConversation(tenant.scope, {
    channelAccountId,
    contact: { name: 'Siti' },
    messages: [
      { body: 'Where is it?', at: at(1) },
      { body: 'On its way', at: at(2), direction: 'outbound', authorId: sara.actor.memberId, delivery: 'delivered' },
    ],
  })
  const [outbound, inbound] = (await thread(built.conversationId)).items
  expect(inbound).toEqual({
    id: built.messageIds[0],
    version: 1,
    conversationId: built.conversationId,
    channel: 'whatsapp',
    direction: 'inbound',
    kind: 'text',
    body: 'Where is it?',
    content: {},
    author: { kind: 'contact', id: built.contactId, name: 'Siti' },
    replyTo: null,
    providerTime: '2026-11-20T12:01:00.000Z',
    sequence: 1,
    receivedAt: '2026-11-20T12:01:00.000Z',
    editedAt: null,
    revokedAt: null,
    attachments: [],
    reactions: [],
    delivery: null,
  })
  expect(outbound).toMatchObject({ author: { kind: 'member', id: sara.actor.memberId, name: 'Sara' }, delivery: { state: 'delivered' } })
})

/** Points a message at another, as intake does when the customer quotes. */
const answer = (messageId: Id<'message'>, to: { replyToMessageId?: string; replyToExternalId?: string }) =>
  tenant.scope.transaction(({ prisma }) => prisma.message.updateMany({ where: { id: toUuid(messageId) }, data: to }))

test('what a message answers is shown, found by our id or by the provider’s', async () => {
  const built = await aConversation(tenant.scope, {
    channelAccountId,
    messages: [{ body: 'First' }, { body: 'a' }, { body: 'b' }, { body: 'c' }],
  })
  const [first, a, b, c] = built.messageIds
  if (!first || !a || !b || !c) return expect.unreachable()
  await answer(a, { replyToMessageId: toUuid(first) })
  await answer(b, { replyToExternalId: externalIdOf(first) })
  await answer(c, { replyToExternalId: 'wamid.never-seen' })
  const views = await tenant.scope.read((tx) => loadMessageViews(tx, tenant.tenantId, [first, a, b, c]))
  const found = { messageId: first, kind: 'text', preview: 'First' }
  expect([first, a, b, c].map((id) => views.get(id)?.replyTo)).toEqual([null, found, found, { messageId: null, kind: null, preview: null }])
})

test('another conversation’s words are not shown in an answer to them', async () => {
  const secret = await aConversation(tenant.scope, { channelAccountId, messages: [{ body: 'secret' }], status: 'resolved' })
  const built = await aConversation(tenant.scope, { channelAccountId })
  const [message] = built.messageIds
  if (!message) return expect.unreachable()
  await answer(message, { replyToMessageId: toUuid(secret.messageIds[0] ?? '') })
  expect((await thread(built.conversationId)).items[0]?.replyTo).toEqual({ messageId: null, kind: null, preview: null })
})

test('a withdrawn message keeps its place and loses its words, wherever they were shown', async () => {
  const built = await aConversation(tenant.scope, {
    channelAccountId,
    messages: [{ body: 'oops', content: { location: {} } }, { body: 'why?' }],
  })
  const [oops, why] = built.messageIds
  if (!oops || !why) return expect.unreachable()
  await answer(why, { replyToMessageId: toUuid(oops) })
  await tenant.scope.transaction(({ prisma }) => prisma.message.updateMany({ where: { id: toUuid(oops) }, data: { revokedAt: at(3) } }))
  const views = await tenant.scope.read((tx) => loadMessageViews(tx, tenant.tenantId, [oops, why]))
  expect(views.get(oops)).toMatchObject({ body: '', content: {}, revokedAt: '2026-11-20T12:03:00.000Z' })
  expect(views.get(why)?.replyTo).toMatchObject({ preview: null })
})

test('reactions stand under what they are about; those taken back do not', async () => {
  const built = await aConversation(tenant.scope, { channelAccountId })
  const [message] = built.messageIds
  if (!message) return expect.unreachable()
  const react = (byKind: string, emoji: string | null) =>
    tenant.scope.transaction(({ prisma }) =>
      prisma.messageReaction.create({
        data: {
          tenantId: toUuid(tenant.tenantId),
          id: toUuid(newId('reaction')),
          channelAccountId: toUuid(channelAccountId),
          targetExternalId: externalIdOf(message),
          messageId: toUuid(message),
          byKind,
          byId: toUuid(newId('contact')),
          emoji,
          providerTime: at(byKind === 'contact' ? 1 : 2),
        },
      }),
    )
  await react('contact', '👍')
  await react('business', '❤️')
  await react('contact', null)
  expect((await thread(built.conversationId)).items[0]?.reactions).toEqual([
    { by: 'contact', emoji: '👍', isFailed: false },
    { by: 'business', emoji: '❤️', isFailed: false },
  ])
})

test('conversations merged into one are read as one, in their order in time', async () => {
  const half = await aConversation(tenant.scope, {
    channelAccountId,
    status: 'resolved',
    messages: [
      { body: 'old', at: at(1) },
      { body: 'mid', at: at(3) },
    ],
  })
  const whole = await aConversation(tenant.scope, {
    channelAccountId,
    messages: [
      { body: 'also old', at: at(2) },
      { body: 'new', at: at(4) },
    ],
  })
  await tenant.scope.transaction(({ prisma }) =>
    prisma.conversation.updateMany({
      where: { id: toUuid(half.conversationId) },
      data: { mergedIntoId: toUuid(whole.conversationId) },
    }),
  )
  for (const conversationId of [whole.conversationId, half.conversationId]) {
    const first = await thread(conversationId, 3)
    const second = await thread(conversationId, 3, first.nextCursor ?? undefined)
    expect([...first.items, ...second.items].map((item) => item.body)).toEqual(['new', 'mid', 'also old', 'old'])
    expect(new Set([...first.items, ...second.items].map((item) => item.conversationId))).toEqual(new Set([whole.conversationId]))
  }
})

test('a thread outside the actor’s reach is not there', async () => {
  const built = await aConversation(tenant.scope, { channelAccountId })
  const omar = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'own' }] })
  const neighbour = (await aTenant(database.web)).scope
  for (const scope of [omar, neighbour]) {
    expect(await listMessages(scope, { conversationId: built.conversationId })).toEqual({ ok: false, code: 'not_found' })
  }
  expect(await listMessages(tenant.scope, { conversationId: newId('conversation') })).toEqual({ ok: false, code: 'not_found' })
})

test('a page costs the same number of queries with two messages and with forty', async () => {
  const few = await aConversation(tenant.scope, { channelAccountId, messages: [{}, { direction: 'outbound' }] })
  const many = await aConversation(tenant.scope, {
    channelAccountId,
    messages: Array.from({ length: 40 }, (_, n) => ({ direction: n % 2 ? ('outbound' as const) : ('inbound' as const) })),
  })
  const queriesFor = async (built: BuiltConversation) => {
    const counted = countingReads(tenant.scope)
    expect((await listMessages(counted.scope, { conversationId: built.conversationId })).ok).toBe(true)
    return counted.queries()
  }
  expect(await queriesFor(few)).toBe(await queriesFor(many))
  expect(await queriesFor(many)).toBeLessThanOrEqual(5)
})

test('a live screen loads bubbles by id, as a worker too', async () => {
  const built: BuiltConversation = await aConversation(tenant.scope, { channelAccountId })
  const more = await aMessage(tenant.scope, built, { body: 'more' })
  const ids = [...built.messageIds, more]
  const views = await database.worker.batchTransaction([tenant.tenantId], tenant.scope.clock, (tx) =>
    loadMessageViews(tx, tenant.tenantId, ids),
  )
  expect(new Set(views.keys())).toEqual(new Set(ids))
})
