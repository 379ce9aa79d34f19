import { beforeEach, describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { resolveConversation } from '#modules/conversations/index.ts'
import { newId, toUuid } from '#platform/ids.ts'
import { aConversation, aMessage, type BuiltConversation } from '#tests/builders/conversations.ts'
import { aDesk, type Desk, type GivenMessage } from '#tests/builders/desk.ts'
import { aMember, aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { sendMessage } from './index.ts'

const database = useDatabase()
const HOUR = 3_600_000

let desk: Desk
let tenant: BuiltTenant
let conversation: BuiltConversation

beforeEach(async () => {
  desk = await aDesk(database)
  tenant = desk.tenant
  conversation = desk.conversation
})

const sent = async (given: GivenMessage = {}) => {
  const result = await desk.send(given)
  return result.ok ? result.value : expect.unreachable(`${result.code} ${JSON.stringify(result.detail)}`)
}
const rowOf = () =>
  tenant.scope.transaction(({ prisma }) => prisma.conversation.findFirstOrThrow({ where: { id: toUuid(conversation.conversationId) } }))

describe('a message that goes out', () => {
  test('stands in the thread, moves the list row, and waits to be sent', async () => {
    const { messageId, deliveryId, sequence } = await sent({ text: 'On its way' })
    expect(sequence).toBe(2)
    expect((await desk.thread())[0]).toMatchObject({
      id: messageId,
      body: 'On its way',
      direction: 'outbound',
      author: { kind: 'member', id: tenant.scope.actor.memberId, name: 'Ada Admin' },
      providerTime: '2026-11-20T12:00:00.000Z',
      sequence: 2,
      delivery: { id: deliveryId, state: 'queued' },
      content: {},
    })
    expect(await rowOf()).toMatchObject({
      lastMessageId: toUuid(messageId),
      lastMessagePreview: 'On its way',
      lastMessageDirection: 'outbound',
      lastMessageSequence: 2,
      messageSequence: 2,
      unreadCount: 0,
      version: 2,
    })
    const place = { conversationId: conversation.conversationId, messageId }
    const reach = { before: { assigneeId: null }, after: { assigneeId: null } }
    expect(await desk.events()).toMatchObject([
      { type: 'message.created', payload: { ...place, sequence: 2, version: 1 }, reach },
      { type: 'delivery.queued', payload: { ...place, deliveryId, channelAccountId: desk.channelAccountId }, reach },
    ])
  })

  test('sent again with the same id gives the first answer and makes nothing new, whatever happened since', async () => {
    const input = desk.inputOf({ text: 'Once' })
    const first = await sendMessage(tenant.scope, input, () => CAPABILITIES)
    await aMessage(tenant.scope, conversation, { body: 'Thanks' })
    await desk.windowUntil(new Date(0))
    await resolveConversation(tenant.scope, { conversationId: conversation.conversationId })
    expect(await sendMessage(tenant.scope, { ...input, lastSequenceSeen: 0 }, () => CAPABILITIES)).toEqual(first)
    expect((await desk.thread()).filter((message) => message.body === 'Once')).toHaveLength(1)
    expect((await desk.events()).filter((event) => event.type === 'delivery.queued')).toHaveLength(1)
  })

  test('sent ten times at once is sent once', async () => {
    const input = desk.inputOf({ text: 'Once' })
    const results = await Promise.all(Array.from({ length: 10 }, () => sendMessage(tenant.scope, input, () => CAPABILITIES)))
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1)
    expect(results[0]?.ok).toBe(true)
    expect(await desk.thread()).toHaveLength(2)
  })

  test('with an id that was used for something else is refused', async () => {
    const { messageId } = await sent({ text: 'One' })
    expect(await desk.send({ messageId, text: 'Two' })).toEqual({ ok: false, code: 'already_exists' })
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    expect(await desk.send({ messageId, text: 'One' }, omar)).toEqual({ ok: false, code: 'already_exists' })
    expect(await desk.send({ messageId: conversation.messageIds[0], text: 'One' })).toEqual({ ok: false, code: 'already_exists' })
  })

  test('answers another', async () => {
    const replyToMessageId = conversation.messageIds[0]
    await sent({ replyToMessageId })
    expect((await desk.thread())[0]?.replyTo).toEqual({ messageId: replyToMessageId, kind: 'text', preview: 'Hi' })
    const elsewhere = await aConversation(tenant.scope, desk)
    expect(await desk.send({ replyToMessageId: elsewhere.messageIds[0] })).toMatchObject({ ok: false, code: 'not_found' })
  })

  test('many at once get their places one after the other', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => desk.send({ text: `m${n}` })))
    expect(results.map((result) => (result.ok ? result.value.sequence : result.code)).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('a message that is refused', () => {
  test('when others wrote what the sender has not seen, with what was missed', async () => {
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    await sent({ text: 'mine' })
    await desk.send({ text: 'Omar’s' }, omar)
    await aMessage(tenant.scope, conversation, { body: 'the customer’s' })
    const refused = await desk.send({ lastSequenceSeen: 1 })
    expect(refused).toMatchObject({ ok: false, code: 'missed_messages', detail: [{ body: 'Omar’s' }, { body: 'the customer’s' }] })
    expect(await desk.thread()).toHaveLength(4)
    expect(await desk.send({ lastSequenceSeen: 4 })).toMatchObject({ ok: true })
  })

  test('when the reply window is closed or was never open (I8)', async () => {
    desk.clock.advance(22 * HOUR)
    expect(await desk.send()).toMatchObject({ ok: true })
    desk.clock.advance(HOUR)
    expect(await desk.send()).toEqual({ ok: false, code: 'window_closed', detail: { windowExpiresAt: '2026-11-21T11:00:00.000Z' } })
    await desk.windowUntil(null)
    expect(await desk.send()).toEqual({ ok: false, code: 'window_closed', detail: { windowExpiresAt: null } })
    const unlimited = { ...CAPABILITIES, replyWindowHours: null }
    expect(await sendMessage(tenant.scope, desk.inputOf(), () => unlimited)).toMatchObject({ ok: true })
  })

  test('when the conversation is resolved', async () => {
    await resolveConversation(tenant.scope, { conversationId: conversation.conversationId })
    expect(await desk.send()).toEqual({ ok: false, code: 'conversation_resolved' })
  })

  test('when the channel account is switched off', async () => {
    await tenant.scope.transaction(({ prisma }) => prisma.channelAccount.updateMany({ data: { status: 'disabled' } }))
    expect(await desk.send()).toEqual({ ok: false, code: 'channel_disabled' })
  })

  test('when the sender may not answer here', async () => {
    const view = { permission: 'conversations.view', reach: 'all' as const }
    const viewer = await aMember(database.web, tenant, { grants: [view] })
    const plain = await aMember(database.web, tenant, { grants: [view, { permission: 'messages.send', reach: 'all' }] })
    const own = await aMember(database.web, tenant, { grants: [view, { permission: 'messages.send', reach: 'own' }] })
    const neighbour = (await aTenant(database.web)).scope
    expect(await desk.send({}, viewer)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await desk.send({}, own)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await desk.send({}, neighbour)).toEqual({ ok: false, code: 'not_found' })
    expect(await desk.send({ content: { kind: 'template', templateId: newId('template') } }, plain)).toEqual({
      ok: false,
      code: 'not_allowed',
    })
    expect(await desk.send({}, plain)).toMatchObject({ ok: true })
  })

  test.each<[string, unknown, unknown]>([
    [
      'too many buttons',
      { kind: 'interactive', text: 'Pick', buttons: ['a', 'b', 'c', 'd'].map((id) => ({ id, title: id })) },
      { limit: 'buttons', max: 3 },
    ],
    [
      'two buttons alike',
      { kind: 'interactive', text: 'Pick', buttons: ['a', 'a'].map((id) => ({ id, title: id })) },
      { limit: 'distinctOptions' },
    ],
    [
      'a long row title',
      { kind: 'list', text: 'Pick', button: 'Open', sections: [{ rows: [{ id: 'a', title: 'x'.repeat(25) }] }] },
      { limit: 'rowTitleChars', max: 24 },
    ],
    [
      'several sections without titles',
      { kind: 'list', text: 'Pick', button: 'Open', sections: ['a', 'b'].map((id) => ({ rows: [{ id, title: id }] })) },
      { limit: 'sectionTitles' },
    ],
  ])('when the channel can’t: %s', async (_name, content, detail) => {
    expect(await desk.send({ content })).toEqual({ ok: false, code: 'unsupported_by_channel', detail })
    expect(await desk.thread()).toHaveLength(1)
  })
})
