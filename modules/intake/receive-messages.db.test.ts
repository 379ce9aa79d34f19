import { beforeEach, describe, expect, test } from 'vitest'
import { reopenConversation, resolveConversation } from '#modules/conversations/index.ts'
import { systemClock } from '#platform/clock.ts'
import { fromUuid, toUuid } from '#platform/ids.ts'
import {
  anEvent,
  anInbox,
  anotherNumber,
  aText,
  type BuiltInbox,
  bsuid,
  channelFacts,
  customer,
  receive,
  receiveFor,
  second,
  whatsappNumber,
} from '#tests/builders/inbound.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { receiveMessages } from './index.ts'

const database = useDatabase()
let inbox: BuiltInbox
beforeEach(async () => {
  inbox = await anInbox(database.web)
})

const take = (...events: Parameters<typeof receive>[2][]) => receive(database.worker, inbox, ...events)
const read = <T>(work: Parameters<typeof inbox.tenant.scope.transaction<T>>[0]) => inbox.tenant.scope.transaction(work)
const conversations = () => read((tx) => tx.prisma.conversation.findMany({ orderBy: { openedAt: 'asc' } }))
const messages = () => read((tx) => tx.prisma.message.findMany({ orderBy: [{ providerTime: 'asc' }, { sequence: 'asc' }] }))
const events = async () =>
  (
    await database.worker.pool.query('select type, key, payload, reach from bus.outbox where tenant_id = $1 order by id', [
      toUuid(inbox.tenant.tenantId),
    ])
  ).rows as { type: string; key: string; payload: Record<string, unknown>; reach: unknown }[]
const theConversation = async () => {
  const [conversation, ...others] = await conversations()
  if (!conversation || others.length > 0) throw new Error(`${others.length + 1} conversations`)
  return { ...conversation, conversationId: fromUuid('conversation', conversation.id) }
}
const resolve = async () => {
  const { conversationId } = await theConversation()
  const done = await resolveConversation(inbox.tenant.scope, { conversationId })
  if (!done.ok) throw new Error(done.code)
  return conversationId
}
const hour = 3_600

describe("a customer's message", () => {
  test('appears in a new open conversation, with a contact, a line and an open window', async () => {
    await take(aText('m1', 0, { text: 'Hi, where is my order?', person: customer('62811', 'Sari') }))
    expect(await theConversation()).toMatchObject({
      status: 'open',
      slot: 'all',
      assigneeId: null,
      unreadCount: 1,
      lastMessagePreview: 'Hi, where is my order?',
      lastMessageKind: 'text',
      lastMessageDirection: 'inbound',
      lastMessageAt: second(0),
      lastInboundAt: second(0),
      messageSequence: 1,
      lastMessageSequence: 1,
      channel: 'whatsapp',
      channelAccountId: toUuid(inbox.account.channelAccountId),
    })
    const [message] = await messages()
    expect(message).toMatchObject({
      direction: 'inbound',
      kind: 'text',
      body: 'Hi, where is my order?',
      authorKind: 'contact',
      sequence: 1,
      receivedAt: second(hour),
    })
    const [line] = await read((tx) => tx.prisma.line.findMany({ include: { identities: true, contact: true } }))
    expect(line).toMatchObject({ contact: { name: 'Sari' }, lastInboundAt: second(0), windowExpiresAt: second(24 * hour) })
    expect(line?.identities).toHaveLength(2)
    expect(message).toMatchObject({ lineId: line?.id, authorId: line?.contact.id })
  })

  test('is told as one opened conversation and one received message', async () => {
    await take(aText('m1', 0))
    const conversation = await theConversation()
    const [message] = await messages()
    const told = await events()
    expect(told.slice(1).map(({ type, key }) => [type, key])).toEqual([
      ['conversation.opened', conversation.conversationId],
      ['message.received', conversation.conversationId],
    ])
    expect(told[1]).toMatchObject({ payload: { version: conversation.version }, reach: { before: null, after: { assigneeId: null } } })
    expect(told[2]?.payload).toEqual({
      conversationId: conversation.conversationId,
      messageId: fromUuid('message', message?.id ?? ''),
      direction: 'inbound',
      sequence: 1,
      attachmentIds: [],
      version: 1,
    })
    expect(JSON.stringify(told)).not.toContain('Text m1')
  })

  test('that comes again changes nothing', async () => {
    await take(aText('m1', 0), aText('m1', 0))
    const before = [await conversations(), await messages(), (await events()).length]
    await take(aText('m1', 0))
    await take(aText('m1', 0), aText('m1', 0))
    expect([await conversations(), await messages(), (await events()).length]).toEqual(before)
  })

  test('that is older than what is shown gets its place and nothing else', async () => {
    await take(aText('m2', 20, { text: 'second' }))
    await take(aText('m1', 10, { text: 'first' }))
    expect(await theConversation()).toMatchObject({
      lastMessagePreview: 'second',
      lastMessageAt: second(20),
      lastMessageSequence: 1,
      messageSequence: 2,
      unreadCount: 2,
    })
    expect((await messages()).map((message) => [message.body, message.sequence])).toEqual([
      ['first', 2],
      ['second', 1],
    ])
    const received = (await events()).filter(({ type }) => type === 'message.received')
    expect(received.map(({ payload }) => payload.late)).toEqual([undefined, true])
    const [line] = await read((tx) => tx.prisma.line.findMany())
    expect(line?.windowExpiresAt).toEqual(second(20 + 24 * hour))
  })

  test('without a time, or from the future, has the time it arrived', async () => {
    await take(aText('m1', null), aText('m2', 10 * 24 * hour))
    expect((await messages()).map((message) => message.providerTime)).toEqual([second(hour), second(hour)])
    const [line] = await read((tx) => tx.prisma.line.findMany())
    expect(line?.windowExpiresAt).toEqual(second(25 * hour))
  })

  test('of one second are shown in the order they arrived', async () => {
    await take(aText('b', 5, { text: 'first' }), aText('a', 5, { text: 'second' }))
    await take(aText('0', 5, { text: 'third' }))
    expect((await messages()).map((message) => message.body)).toEqual(['first', 'second', 'third'])
    expect(await theConversation()).toMatchObject({ lastMessagePreview: 'third', lastMessageSequence: 3 })
  })

  test('with a file waits for the media worker, which is told', async () => {
    const media = { kind: 'image' as const, providerMediaId: 'media-1', mimeType: 'image/jpeg', sha256: 'ab', fileName: 'x'.repeat(300) }
    await take(aText('m1', 0, { content: { kind: 'image', media } }))
    const [attachment] = await read((tx) => tx.prisma.attachment.findMany())
    expect(attachment).toMatchObject({ kind: 'image', state: 'pending', providerMediaId: 'media-1', mimeType: 'image/jpeg', sha256: 'ab' })
    expect(attachment?.fileName).toHaveLength(240)
    const told = (await events()).find(({ type }) => type === 'message.received')
    expect(told?.payload.attachmentIds).toEqual([fromUuid('attachment', attachment?.id ?? '')])
    expect(await theConversation()).toMatchObject({ lastMessagePreview: 'x'.repeat(200), lastMessageKind: 'image' })
  })

  test('keeps everything it said, and where it came from', async () => {
    const content = { kind: 'location' as const, location: { latitude: -6.2, longitude: 106.8, name: 'Monas' } }
    await take(aText('m1', 0, { content, context: { forwarded: 'often', referral: { sourceId: 'ad-1' } } }))
    const [message] = await messages()
    expect(message?.content).toEqual({ location: content.location, context: { forwarded: 'often', referral: { sourceId: 'ad-1' } } })
  })

  test('the provider could not show is a bubble that says so', async () => {
    await take(aText('m1', 0, { content: { kind: 'unsupported', provider: { code: '131051', title: 'Message type unknown' } } }))
    expect(await theConversation()).toMatchObject({
      status: 'open',
      unreadCount: 1,
      lastMessageKind: 'unsupported',
      lastMessagePreview: 'Message type unknown',
    })
  })
})

describe('threading', () => {
  test('snoozed and pending conversations become open', async () => {
    await take(aText('m1', 0))
    await read((tx) => tx.prisma.conversation.updateMany({ data: { status: 'snoozed' } }))
    await take(aText('m2', 10))
    expect(await theConversation()).toMatchObject({ status: 'open' })
    expect((await events()).at(-2)).toMatchObject({ type: 'conversation.changed', payload: { changed: ['status', 'lastMessage'] } })
  })

  test('a message after the resolution opens a new conversation', async () => {
    await take(aText('m1', 0))
    const first = await resolve()
    const later = new Date(Date.now() + hour * 1_000)
    await receiveFor(database.worker, [
      { event: { ...aText('m2', 0), providerTime: later.toISOString() }, owner: inbox.owner, receivedAt: later },
    ])
    const all = await conversations()
    expect(all.map(({ status }) => status).sort()).toEqual(['open', 'resolved'])
    expect(all.find(({ status }) => status === 'resolved')?.id).toBe(toUuid(first))
  })

  test('a message that answers a resolved conversation reopens it, and its agent keeps it', async () => {
    await take(aText('m1', 0))
    const { actor } = inbox.tenant.scope
    await read((tx) => tx.prisma.conversation.updateMany({ data: { assigneeId: toUuid(actor.memberId) } }))
    const conversationId = await resolve()
    const later = new Date(Date.now() + hour * 1_000)
    const answer = aText('m2', 0, { providerTime: later.toISOString(), context: { replyToExternalId: 'm1' } })
    await receiveFor(database.worker, [{ event: answer, owner: inbox.owner, receivedAt: later }])
    expect(await theConversation()).toMatchObject({ conversationId, status: 'open', resolvedAt: null, assigneeId: toUuid(actor.memberId) })
    const [first, second] = await messages()
    expect(second).toMatchObject({ replyToMessageId: first?.id, replyToExternalId: 'm1' })
    const reach = { assigneeId: actor.memberId }
    expect((await events()).find(({ type }) => type === 'conversation.reopened')).toMatchObject({
      payload: { by: 'contact' },
      reach: { before: reach, after: reach },
    })
  })

  test('a late message neither reopens nor wakes, and is not lost either', async () => {
    await take(aText('m1', 0))
    await resolve()
    await take(aText('m0', -10, { context: { replyToExternalId: 'm1' } }))
    expect(await theConversation()).toMatchObject({ status: 'resolved', unreadCount: 1, messageSequence: 2 })
    const told = (await events()).map(({ type }) => type)
    expect(told.filter((type) => type.startsWith('conversation.'))).toEqual(['conversation.opened', 'conversation.resolved'])
    expect((await events()).at(-1)).toMatchObject({ type: 'message.received', payload: { late: true } })
  })

  test('one conversation over all numbers, or one for each, as the tenant chose', async () => {
    const second = await anotherNumber(inbox.tenant)
    await take(aText('m1', 0))
    await receive(database.worker, second, aText('m1', 10))
    expect(await theConversation()).toMatchObject({ messageSequence: 2, channelAccountId: toUuid(second.account.channelAccountId) })
    expect(await read((tx) => tx.prisma.line.count())).toBe(2)

    inbox = await anInbox(database.web, { conversationSlot: 'account' })
    const other = await anotherNumber(inbox.tenant)
    await take(aText('m1', 0))
    await receive(database.worker, other, aText('m1', 10))
    expect((await conversations()).map(({ status }) => status)).toEqual(['open', 'open'])
  })

  test('two tenants sharing a customer stay apart', async () => {
    const neighbour = await anInbox(database.web)
    await receiveFor(
      database.worker,
      [inbox, neighbour, inbox].map(({ owner }, n) => ({ event: aText(`m${n}`, n), owner })),
    )
    expect(await theConversation()).toMatchObject({ messageSequence: 2 })
    const theirs = await neighbour.tenant.scope.transaction((tx) => tx.prisma.message.findMany())
    expect(theirs.map(({ body }) => body)).toEqual(['Text m1'])
  })
})

describe('one person', () => {
  const [byNumber, byId, both] = [
    customer('62811'),
    { identities: [bsuid('ID.1')] },
    { identities: [bsuid('ID.1'), ...whatsappNumber('62811')] },
  ]

  test('whose halves meet has one open conversation, which shows what is newest', async () => {
    await take(aText('m1', 10, { person: byNumber, text: 'by number' }))
    await take(aText('m2', 20, { person: byId, text: 'by id' }))
    expect((await conversations()).map(({ status }) => status)).toEqual(['open', 'open'])
    await take(aText('m3', 15, { person: both, text: 'both' }))
    const [kept, merged] = await conversations()
    expect(kept).toMatchObject({ status: 'open', unreadCount: 3, lastMessagePreview: 'by id', messageSequence: 2, mergedIntoId: null })
    expect(merged).toMatchObject({ status: 'resolved', mergedIntoId: kept?.id })
    const told = (await events()).slice(-3).map(({ type, payload }) => [type, payload.changed ?? payload.by])
    expect(told).toEqual([
      ['conversation.resolved', 'merge'],
      ['conversation.changed', ['merged', 'lastMessage']],
      ['message.received', undefined],
    ])
    await take(aText('m4', 30, { person: byId }))
    expect((await conversations())[0]).toMatchObject({ messageSequence: 3, unreadCount: 4 })
    const lines = await read((tx) => tx.prisma.line.findMany({ orderBy: { createdAt: 'asc' } }))
    expect(lines.map(({ windowExpiresAt }) => windowExpiresAt)).toEqual([second(10 + 24 * hour), second(30 + 24 * hour)])
  })

  test('whose resolved conversation is reopened by hand after the merge keeps it at one', async () => {
    await take(aText('m1', 10, { person: byId }))
    const old = await resolve()
    const [{ contactId = '' } = {}] = await conversations()
    await read((tx) => tx.prisma.contact.updateMany({ where: { id: contactId }, data: { createdAt: second(0) } }))
    await take(aText('m2', 20, { person: byNumber }))
    await take(aText('m3', 30, { person: both }))
    expect(await reopenConversation(inbox.tenant.scope, { conversationId: old })).toMatchObject({
      ok: false,
      code: 'another_conversation_open',
    })
  })

  test('who is known on one number by all their names has one line on another, whichever name comes first', async () => {
    await take(aText('m1', 10, { person: both }))
    const other = await anotherNumber(inbox.tenant, { businessId: inbox.account.businessId })
    await receive(database.worker, other, aText('m2', 20, { person: byId }))
    await receive(database.worker, other, aText('m3', 30, { person: byNumber }))
    const lines = await read((tx) =>
      tx.prisma.line.findMany({ where: { channelAccountId: toUuid(other.account.channelAccountId) }, include: { identities: true } }),
    )
    expect(lines.map(({ identities, lastInboundAt }) => [identities.length, lastInboundAt])).toEqual([[3, second(30)]])
  })

  test('whose number was recycled is not given the former owner’s conversation', async () => {
    await take(aText('m1', 10, { person: both }))
    await take(aText('m2', 20, { person: { identities: [bsuid('ID.2'), ...whatsappNumber('62811')] } }))
    expect(await conversations()).toHaveLength(2)
    const lines = await read((tx) =>
      tx.prisma.line.findMany({ include: { identities: { include: { identity: true } } }, orderBy: { createdAt: 'asc' } }),
    )
    expect(lines.map(({ identities }) => identities.map(({ identity }) => identity.kind).sort())).toEqual([
      ['bsuid'],
      ['bsuid', 'phone', 'wa_id'],
    ])
  })

  test('who is blocked is kept and makes no work', async () => {
    await take(aText('m1', 0))
    await resolve()
    await read((tx) => tx.prisma.contact.updateMany({ data: { blocked: true } }))
    const before = (await events()).length
    await take(aText('m2', 50))
    expect(await theConversation()).toMatchObject({ status: 'resolved', unreadCount: 0, messageSequence: 2 })
    expect((await events()).slice(before).map(({ type }) => type)).toEqual(['message.changed'])

    inbox = await anInbox(database.web)
    await take(anEvent('preference', 0, { person: customer(), category: 'marketing', value: 'stop' }))
    await read((tx) => tx.prisma.contact.updateMany({ data: { blocked: true } }))
    await take(aText('m3', 60))
    expect(await theConversation()).toMatchObject({ status: 'resolved', unreadCount: 0 })
  })

  test('who changed their number is the same, and an open conversation says so', async () => {
    await take(aText('m1', 0, { person: byNumber }))
    await take(
      anEvent('person_changed', 10, {
        person: byNumber,
        change: 'number',
        externalId: 's1',
        nowKnownAs: whatsappNumber('62822'),
        text: 'Sari changed her number',
      }),
    )
    await take(aText('m2', 20, { person: customer('62822') }))
    expect(await theConversation()).toMatchObject({ messageSequence: 3, unreadCount: 2 })
    expect((await messages()).map(({ kind, authorKind }) => [kind, authorKind])).toEqual([
      ['text', 'contact'],
      ['system', 'system'],
      ['text', 'contact'],
    ])
  })

  test('a changed number opens nothing, and its name is free again', async () => {
    const change = anEvent('person_changed', 10, {
      person: byNumber,
      change: 'number',
      externalId: 's1',
      nowKnownAs: whatsappNumber('62822'),
      text: 'changed',
    })
    await take(change)
    expect(await conversations()).toEqual([])
    expect(await read((tx) => tx.prisma.externalRef.findMany())).toEqual([])
  })

  test('marketing stopped and resumed: the later word counts, whichever comes first', async () => {
    const word = (value: 'stop' | 'resume', at: number) => anEvent('preference', at, { person: customer(), category: 'marketing', value })
    await take(word('stop', 20))
    await take(word('resume', 10))
    expect(await read((tx) => tx.prisma.contactPreference.findMany())).toMatchObject([
      { category: 'marketing', value: 'stop', source: 'provider', changedAt: second(20) },
    ])
    expect(await conversations()).toEqual([])
  })
})

describe('what the business wrote in its phone app', () => {
  const echo = (externalId: string, at: number) =>
    anEvent('echo', at, { person: customer(), externalId, content: { kind: 'text', text: 'We are open' } })

  test('is an outbound message of nobody in particular, and makes nothing unread', async () => {
    await take(aText('m1', 0))
    await take(echo('e1', 10))
    expect(await theConversation()).toMatchObject({
      status: 'open',
      unreadCount: 1,
      lastMessageDirection: 'outbound',
      lastInboundAt: second(0),
    })
    expect((await messages())[1]).toMatchObject({ direction: 'outbound', authorKind: 'phone_app', authorId: null })
    expect((await events()).at(-1)).toMatchObject({ type: 'message.received', payload: { direction: 'outbound' } })
    const [line] = await read((tx) => tx.prisma.line.findMany())
    expect(line?.windowExpiresAt).toEqual(second(24 * hour))
  })

  test('begins a conversation that waits for the customer, who then opens it', async () => {
    await take(echo('e1', 10))
    expect(await theConversation()).toMatchObject({ status: 'pending', unreadCount: 0 })
    await take(aText('m1', 20))
    expect(await theConversation()).toMatchObject({ status: 'open', unreadCount: 1 })
  })

  test('is not stored again when we sent it ourselves', async () => {
    await take(aText('m1', 0))
    const [message] = await messages()
    await read((tx) =>
      tx.prisma.externalRef.create({
        data: {
          tenantId: toUuid(tx.tenantId),
          channelAccountId: toUuid(inbox.account.channelAccountId),
          externalId: 'ours',
          deliveryId: message?.id,
        },
      }),
    )
    await take(echo('ours', 10))
    expect(await messages()).toHaveLength(1)
  })

  test('history is kept with its own times, and is no work', async () => {
    const old = { ...aText('h1', -5_000), history: true as const }
    await take(old, { ...echo('h2', -4_000), history: true })
    expect(await theConversation()).toMatchObject({ status: 'resolved', unreadCount: 0, messageSequence: 2 })
    expect((await events()).map(({ type }) => type)).not.toContain('message.received')
    await take(aText('m1', 0))
    expect((await conversations()).map(({ status }) => status).sort()).toEqual(['open', 'resolved'])
  })
})

describe('what is done to a message', () => {
  const aside = { person: customer(), targetExternalId: 'm1', fromBusiness: false }
  const reaction = (externalId: string, at: number, emoji: string | null) => anEvent('reaction', at, { ...aside, externalId, emoji })
  const edit = (externalId: string, at: number, text: string) =>
    anEvent('edit', at, { ...aside, externalId, content: { kind: 'text', text } })
  const revoke = (externalId: string, at: number) => anEvent('revoke', at, { ...aside, externalId })
  const reactions = () => read((tx) => tx.prisma.messageReaction.findMany({ select: { emoji: true, messageId: true, byKind: true } }))

  test.each([
    ['before the message', true],
    ['after it', false],
  ])('arrives %s: the newest edit is shown, in thread and list, and the first words are kept', async (_name, isBefore) => {
    const changes = [edit('x2', 30, 'third'), edit('x1', 20, 'second'), edit('x2', 30, 'third')]
    if (!isBefore) await take(aText('m1', 0, { text: 'first' }))
    for (const change of changes) await take(change)
    if (isBefore) await take(aText('m1', 0, { text: 'first' }))
    const [message] = await messages()
    expect(message).toMatchObject({ body: 'third', editedAt: second(30), revokedAt: null, content: { original: 'first' } })
    expect(await theConversation()).toMatchObject({ lastMessagePreview: 'third', unreadCount: 1 })
    expect((await events()).at(-1)).toMatchObject({ type: 'message.changed', payload: { changed: ['text'], version: message?.version } })
  })

  test('in one batch with it', async () => {
    await take(edit('x1', 20, 'second'), aText('m1', 0, { text: 'first' }), reaction('r1', 5, '👍'))
    expect(await messages()).toMatchObject([{ body: 'second' }])
    expect(await reactions()).toMatchObject([{ emoji: '👍', messageId: (await messages())[0]?.id }])
  })

  test('a withdrawn message says nothing any more, in the list as little as in the thread', async () => {
    await take(aText('m1', 0, { text: 'a secret' }))
    await take(revoke('x1', 10), edit('x2', 20, 'too late'))
    expect((await messages())[0]).toMatchObject({ revokedAt: second(10) })
    expect(await theConversation()).toMatchObject({ lastMessagePreview: '', lastMessageKind: 'revoked' })
  })

  test('the newest reaction of a side stands, in any order, and taking it back stays', async () => {
    await take(aText('m1', 0))
    await take(reaction('r3', 30, null))
    await take(reaction('r1', 10, '👍'), reaction('r2', 20, '❤️'))
    await take(anEvent('reaction', 15, { ...aside, fromBusiness: true, externalId: 'b1', emoji: '🙏' }))
    const [message] = await messages()
    expect((await reactions()).sort((a, b) => a.byKind.localeCompare(b.byKind))).toEqual([
      { emoji: '🙏', messageId: message?.id, byKind: 'business' },
      { emoji: null, messageId: message?.id, byKind: 'contact' },
    ])
    expect(await theConversation()).toMatchObject({ unreadCount: 1, messageSequence: 1 })
  })

  test('a reaction that waits for its message finds it', async () => {
    await take(reaction('r1', 10, '👍'))
    expect(await reactions()).toMatchObject([{ messageId: null }])
    expect(await conversations()).toEqual([])
    await take(aText('m1', 0))
    expect(await reactions()).toMatchObject([{ emoji: '👍', messageId: (await messages())[0]?.id }])
    expect((await messages())[0]?.version).toBe(2)
  })
})

describe('a batch', () => {
  test('of any size and number of tenants takes the same number of queries', async () => {
    const inboxes = [inbox, ...(await Promise.all(Array.from({ length: 19 }, () => anInbox(database.web))))]
    const batch = (tag: string, of: BuiltInbox[], people: number) =>
      of.flatMap(({ owner }) =>
        Array.from({ length: people }, (_, n) => {
          const person = { identities: [bsuid(`ID.${n}`), ...whatsappNumber(`6281${n}`)], name: `Customer ${n}` }
          const media = { kind: 'image' as const, providerMediaId: 'x' }
          return [
            aText(`${tag}${n}`, n, { person, content: { kind: 'image', media }, context: { replyToExternalId: `first${n}` } }),
            anEvent('reaction', n, { person, externalId: `${tag}r${n}`, targetExternalId: `${tag}${n}`, emoji: '👍', fromBusiness: false }),
            anEvent('edit', n, {
              person,
              externalId: `${tag}e${n}`,
              targetExternalId: `${tag}${n}`,
              fromBusiness: false,
              content: { kind: 'text', text: 'x' },
            }),
            anEvent('receipt', n, { externalId: `${tag}out${n}`, status: 'delivered' }),
          ].map((event) => ({ event, owner }))
        }).flat(),
      )
    const count = async (incoming: ReturnType<typeof batch>) => {
      let queries = 0
      const events = incoming.map((item) => ({ ...item, receivedAt: second(hour) }))
      await database.worker.batchTransaction([...new Set(incoming.map(({ owner }) => owner.tenantId))], systemClock, (tx) => {
        const sql: typeof tx.sql = (...call) => {
          queries++
          return tx.sql(...call)
        }
        return receiveMessages({ ...tx, sql }, events, channelFacts)
      })
      return queries
    }
    const [alone = inbox, ...others] = inboxes
    expect(await count(batch('first', [alone], 1))).toBe(await count(batch('first', others, 10)))
    const known = await count(batch('then', [alone], 1))
    expect(await count(batch('then', others, 10))).toBe(known)
    expect(known).toBeLessThanOrEqual(35)
  })

  test('of mere messages of known people takes few', async () => {
    await take(aText('m1', 0))
    let queries = 0
    const incoming = [{ event: aText('m2', 10), owner: inbox.owner, receivedAt: second(hour) }]
    await database.worker.batchTransaction([inbox.tenant.tenantId], systemClock, (tx) => {
      const sql: typeof tx.sql = (...call) => {
        queries++
        return tx.sql(...call)
      }
      return receiveMessages({ ...tx, sql }, incoming, channelFacts)
    })
    expect(queries).toBe(12)
  })
})
