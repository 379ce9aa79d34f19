import { beforeEach, describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { resolveConversation } from '#modules/conversations/index.ts'
import { syncTemplates } from '#modules/templates/index.ts'
import { heldClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, aMessage, type BuiltConversation, externalIdOf } from '#tests/builders/conversations.ts'
import { outboxOf } from '#tests/builders/events.ts'
import { aMember, aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { anUpload } from '#tests/builders/uploads.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { listMessages, SendMessage, sendMessage } from './index.ts'

const database = useDatabase()
const HOUR = 3_600_000
const START = new Date('2026-11-20T12:00:00.700Z')

let clock: ReturnType<typeof heldClock>
let tenant: BuiltTenant
let channelAccountId: Id<'channelAccount'>
let conversation: BuiltConversation

beforeEach(async () => {
  clock = heldClock(START)
  tenant = await aTenant(database.web, { clock })
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
  conversation = await aConversation(tenant.scope, { channelAccountId, messages: [{ body: 'Hi', at: new Date('2026-11-20T11:00:00Z') }] })
})

type Given = Partial<Omit<SendMessage, 'content'>> & { content?: unknown; text?: string }
const inputOf = ({ text = 'Hello!', ...given }: Given = {}) =>
  SendMessage.parse({
    messageId: newId('message'),
    conversationId: conversation.conversationId,
    lastSequenceSeen: 99,
    content: { kind: 'text', text },
    ...given,
  })
const send = (given: Given = {}, scope: MemberScope = tenant.scope) => sendMessage(scope, inputOf(given), () => CAPABILITIES)
const sent = async (given: Given = {}) => {
  const result = await send(given)
  return result.ok ? result.value : expect.unreachable(`${result.code} ${JSON.stringify(result.detail)}`)
}
const thread = async () => {
  const page = await listMessages(tenant.scope, { conversationId: conversation.conversationId })
  return page.ok ? page.value.items : expect.unreachable(page.code)
}
const rowOf = () =>
  tenant.scope.transaction(({ prisma }) => prisma.conversation.findFirstOrThrow({ where: { id: toUuid(conversation.conversationId) } }))
const events = () => outboxOf(database, tenant.tenantId, conversation.conversationId)
const windowUntil = (windowExpiresAt: Date | null) =>
  tenant.scope.transaction(({ prisma }) =>
    prisma.line.updateMany({ where: { id: toUuid(conversation.lineId) }, data: { windowExpiresAt } }),
  )

describe('a message that goes out', () => {
  test('stands in the thread, moves the list row, and waits to be sent', async () => {
    const { messageId, deliveryId, sequence } = await sent({ text: 'On its way' })
    expect(sequence).toBe(2)
    expect((await thread())[0]).toMatchObject({
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
    expect(await events()).toMatchObject([
      { type: 'message.created', payload: { ...place, sequence: 2, version: 1 }, reach },
      { type: 'delivery.queued', payload: { ...place, deliveryId, channelAccountId }, reach },
    ])
  })

  test('sent again with the same id gives the first answer and makes nothing new, whatever happened since', async () => {
    const input = inputOf({ text: 'Once' })
    const first = await sendMessage(tenant.scope, input, () => CAPABILITIES)
    await aMessage(tenant.scope, conversation, { body: 'Thanks' })
    await windowUntil(new Date(0))
    await resolveConversation(tenant.scope, { conversationId: conversation.conversationId })
    expect(await sendMessage(tenant.scope, { ...input, lastSequenceSeen: 0 }, () => CAPABILITIES)).toEqual(first)
    expect((await thread()).filter((message) => message.body === 'Once')).toHaveLength(1)
    expect((await events()).filter((event) => event.type === 'delivery.queued')).toHaveLength(1)
  })

  test('sent ten times at once is sent once', async () => {
    const input = inputOf({ text: 'Once' })
    const results = await Promise.all(Array.from({ length: 10 }, () => sendMessage(tenant.scope, input, () => CAPABILITIES)))
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1)
    expect(results[0]?.ok).toBe(true)
    expect(await thread()).toHaveLength(2)
  })

  test('with an id that was used for something else is refused', async () => {
    const { messageId } = await sent({ text: 'One' })
    expect(await send({ messageId, text: 'Two' })).toEqual({ ok: false, code: 'already_exists' })
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    expect(await send({ messageId, text: 'One' }, omar)).toEqual({ ok: false, code: 'already_exists' })
    expect(await send({ messageId: conversation.messageIds[0], text: 'One' })).toEqual({ ok: false, code: 'already_exists' })
  })

  test('answers another', async () => {
    const replyToMessageId = conversation.messageIds[0]
    await sent({ replyToMessageId })
    expect((await thread())[0]?.replyTo).toEqual({ messageId: replyToMessageId, kind: 'text', preview: 'Hi' })
    const elsewhere = await aConversation(tenant.scope, { channelAccountId })
    expect(await send({ replyToMessageId: elsewhere.messageIds[0] })).toMatchObject({ ok: false, code: 'not_found' })
  })

  test('many at once get their places one after the other', async () => {
    const results = await Promise.all(Array.from({ length: 8 }, (_, n) => send({ text: `m${n}` })))
    expect(results.map((result) => (result.ok ? result.value.sequence : result.code)).sort()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })
})

describe('a message that is refused', () => {
  test('when others wrote what the sender has not seen, with what was missed', async () => {
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    await sent({ text: 'mine' })
    await send({ text: 'Omar’s' }, omar)
    await aMessage(tenant.scope, conversation, { body: 'the customer’s' })
    const refused = await send({ lastSequenceSeen: 1 })
    expect(refused).toMatchObject({ ok: false, code: 'missed_messages', detail: [{ body: 'Omar’s' }, { body: 'the customer’s' }] })
    expect(await thread()).toHaveLength(4)
    expect(await send({ lastSequenceSeen: 4 })).toMatchObject({ ok: true })
  })

  test('when the reply window is closed or was never open (I8)', async () => {
    clock.advance(22 * HOUR)
    expect(await send()).toMatchObject({ ok: true })
    clock.advance(HOUR)
    expect(await send()).toEqual({ ok: false, code: 'window_closed', detail: { windowExpiresAt: '2026-11-21T11:00:00.000Z' } })
    await windowUntil(null)
    expect(await send()).toEqual({ ok: false, code: 'window_closed', detail: { windowExpiresAt: null } })
    const unlimited = { ...CAPABILITIES, replyWindowHours: null }
    expect(await sendMessage(tenant.scope, inputOf(), () => unlimited)).toMatchObject({ ok: true })
  })

  test('when the conversation is resolved', async () => {
    await resolveConversation(tenant.scope, { conversationId: conversation.conversationId })
    expect(await send()).toEqual({ ok: false, code: 'conversation_resolved' })
  })

  test('when the channel account is switched off', async () => {
    await tenant.scope.transaction(({ prisma }) => prisma.channelAccount.updateMany({ data: { status: 'disabled' } }))
    expect(await send()).toEqual({ ok: false, code: 'channel_disabled' })
  })

  test('when the sender may not answer here', async () => {
    const view = { permission: 'conversations.view', reach: 'all' as const }
    const viewer = await aMember(database.web, tenant, { grants: [view] })
    const plain = await aMember(database.web, tenant, { grants: [view, { permission: 'messages.send', reach: 'all' }] })
    const own = await aMember(database.web, tenant, { grants: [view, { permission: 'messages.send', reach: 'own' }] })
    const neighbour = (await aTenant(database.web)).scope
    expect(await send({}, viewer)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await send({}, own)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await send({}, neighbour)).toEqual({ ok: false, code: 'not_found' })
    expect(await send({ content: { kind: 'template', templateId: newId('template') } }, plain)).toEqual({ ok: false, code: 'not_allowed' })
    expect(await send({}, plain)).toMatchObject({ ok: true })
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
    expect(await send({ content })).toEqual({ ok: false, code: 'unsupported_by_channel', detail })
    expect(await thread()).toHaveLength(1)
  })
})

describe('what can be sent', () => {
  test('a file, by its own kind, with a caption', async () => {
    const uploadId = await anUpload(tenant.scope)
    await sent({ content: { kind: 'media', uploadId, caption: 'Your receipt' } })
    expect((await thread())[0]).toMatchObject({
      kind: 'image',
      body: 'Your receipt',
      attachments: [{ kind: 'image', fileName: 'receipt.jpg', state: 'stored', sizeBytes: 12_345 }],
    })
    expect(await rowOf()).toMatchObject({ lastMessageKind: 'image', lastMessagePreview: 'Your receipt' })
  })

  test.each([
    ['a file there is not', () => newId('upload'), undefined],
    ['a caption that the channel would lose', () => anUpload(tenant.scope, { kind: 'audio', mimeType: 'audio/aac' }), 'words'],
    ['a file that is too large', () => anUpload(tenant.scope, { sizeBytes: 6_000_000 }), undefined],
  ])('but not %s', async (_name, upload, caption) => {
    const uploadId = await upload()
    expect(await send({ content: { kind: 'media', uploadId, caption } })).toMatchObject({ ok: false, code: 'attachment_rejected' })
    expect(await thread()).toHaveLength(1)
    expect(await tenant.scope.transaction(({ prisma }) => prisma.attachment.count())).toBe(0)
  })

  test('a place, buttons and a list', async () => {
    await sent({ content: { kind: 'location', location: { latitude: -6.2, longitude: 106.8, name: 'Shop' } } })
    const buttons = { kind: 'interactive', text: 'Pick', buttons: [{ id: 'yes', title: 'Yes' }] }
    await sent({ content: buttons })
    const list = { kind: 'list', text: 'Choose', button: 'Open', sections: [{ rows: [{ id: 'a', title: 'A' }] }] }
    await sent({ content: list })
    expect((await thread()).map(({ kind, body, content }) => ({ kind, body, content })).slice(0, 3)).toEqual([
      { kind: 'list', body: 'Choose', content: { outbound: list } },
      { kind: 'interactive', body: 'Pick', content: { outbound: buttons } },
      { kind: 'location', body: 'Shop', content: { location: { latitude: -6.2, longitude: 106.8, name: 'Shop' } } },
    ])
  })

  const aTemplate = async (status = 'APPROVED', components: unknown[] = [{ type: 'BODY', text: 'Hi {{1}}, your order ships.' }]) => {
    const listed = {
      externalId: '1',
      name: 'ships',
      language: 'en',
      category: 'UTILITY',
      status,
      parameterFormat: 'positional' as const,
      components,
    }
    await tenant.scope.transaction((tx) => syncTemplates(tx, { tenantId: tenant.tenantId, channelAccountId }, [listed]))
    const [row] = await tenant.scope.transaction(({ prisma }) => prisma.template.findMany())
    return `tpl_${row?.id.replaceAll('-', '')}` as Id<'template'>
  }

  test('a template, also when the window is closed', async () => {
    await windowUntil(new Date(0))
    const templateId = await aTemplate()
    await sent({ content: { kind: 'template', templateId, body: ['Siti'] } })
    expect((await thread())[0]).toMatchObject({
      kind: 'template',
      body: 'Hi Siti, your order ships.',
      content: {
        outbound: { kind: 'template', name: 'ships', language: 'en', body: [{ text: 'Siti' }], buttons: [] },
        template: { name: 'ships', language: 'en', header: null, footer: null, buttons: [] },
      },
    })
  })

  test('a template with a picture takes a picture and nothing else', async () => {
    const templateId = await aTemplate('APPROVED', [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Look' },
    ])
    const withFile = async (uploadId: Id<'upload'>) => send({ content: { kind: 'template', templateId, header: { uploadId } } })
    expect(await withFile(await anUpload(tenant.scope, { kind: 'document', mimeType: 'application/pdf' }))).toMatchObject({
      code: 'attachment_rejected',
    })
    expect(await withFile(await anUpload(tenant.scope))).toMatchObject({ ok: true })
    expect((await thread())[0]).toMatchObject({ kind: 'template', body: 'Look', attachments: [{ kind: 'image' }] })
  })

  test('no template that is not approved, not filled, or of another account', async () => {
    const paused = await aTemplate('PAUSED')
    expect(await send({ content: { kind: 'template', templateId: paused, body: ['Siti'] } })).toMatchObject({
      code: 'template_not_approved',
    })
    const approved = await aTemplate()
    expect(await send({ content: { kind: 'template', templateId: approved } })).toMatchObject({ code: 'template_parameters_mismatch' })
    const other = await aChannelAccount(tenant.scope)
    conversation = await aConversation(tenant.scope, other)
    expect(await send({ content: { kind: 'template', templateId: approved, body: ['Siti'] } })).toMatchObject({ code: 'not_found' })
  })
})

describe('a reaction', () => {
  const react = (emoji: string | null, given: Given = {}) =>
    send({ content: { kind: 'reaction', targetMessageId: conversation.messageIds[0], emoji }, ...given })

  test('stands under its message, travels by itself, and takes no place in the thread', async () => {
    const result = await react('👍')
    expect(result).toMatchObject({ ok: true, value: { sequence: 0 } })
    const messages = await thread()
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatchObject({ version: 2, reactions: [{ by: 'business', emoji: '👍', isFailed: false }] })
    expect(await rowOf()).toMatchObject({ messageSequence: 1, lastMessagePreview: 'Hi', version: 1 })
    const carried = await tenant.scope.transaction(({ prisma }) => prisma.message.findFirstOrThrow({ where: { kind: 'reaction' } }))
    const targetExternalId = externalIdOf(conversation.messageIds[0] ?? expect.unreachable())
    expect(carried.content).toMatchObject({ outbound: { kind: 'reaction', targetExternalId, emoji: '👍' } })
    expect((await events()).map((event) => event.type)).toEqual(['message.changed', 'delivery.queued'])
  })

  test('replaces the business’s earlier one, whoever of us gave it, and can be taken back', async () => {
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    await react('👍')
    clock.advance(2_000)
    await sendMessage(
      omar,
      inputOf({ content: { kind: 'reaction', targetMessageId: conversation.messageIds[0], emoji: '❤️' } }),
      () => CAPABILITIES,
    )
    expect((await thread())[0]?.reactions).toEqual([{ by: 'business', emoji: '❤️', isFailed: false }])
    clock.advance(2_000)
    await react(null)
    expect((await thread())[0]?.reactions).toEqual([])
  })

  test('that the provider did not take says so', async () => {
    const result = await react('👍')
    if (!result.ok) return expect.unreachable(result.code)
    await tenant.scope.transaction(({ prisma }) => prisma.delivery.updateMany({ data: { state: 'failed' } }))
    expect((await thread())[0]?.reactions).toEqual([{ by: 'business', emoji: '👍', isFailed: true }])
  })

  test('is refused outside the window, and on what the provider does not know yet', async () => {
    const { messageId } = await sent()
    expect(await react('👍', { content: { kind: 'reaction', targetMessageId: messageId, emoji: '👍' } })).toMatchObject({
      code: 'not_found',
    })
    await windowUntil(new Date(0))
    expect(await react('👍')).toMatchObject({ code: 'window_closed' })
  })

  test('needs no knowledge of what came since', async () => {
    await aMessage(tenant.scope, conversation, { body: 'more' })
    expect(await react('👍', { lastSequenceSeen: 0 })).toMatchObject({ ok: true })
  })
})
