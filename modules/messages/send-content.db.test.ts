import { beforeEach, describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { syncTemplates } from '#modules/templates/index.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, aMessage, type BuiltConversation, externalIdOf } from '#tests/builders/conversations.ts'
import { aDesk, type Desk, type GivenMessage } from '#tests/builders/desk.ts'
import { aMember, type BuiltTenant } from '#tests/builders/tenants.ts'
import { anUpload } from '#tests/builders/uploads.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { sendMessage } from './index.ts'

const database = useDatabase()

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

describe('what can be sent', () => {
  test('a file, by its own kind, with a caption', async () => {
    const uploadId = await anUpload(tenant.scope)
    await sent({ content: { kind: 'media', uploadId, caption: 'Your receipt' } })
    expect((await desk.thread())[0]).toMatchObject({
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
    expect(await desk.send({ content: { kind: 'media', uploadId, caption } })).toMatchObject({ ok: false, code: 'attachment_rejected' })
    expect(await desk.thread()).toHaveLength(1)
    expect(await tenant.scope.transaction(({ prisma }) => prisma.attachment.count())).toBe(0)
  })

  test('a place, buttons and a list', async () => {
    await sent({ content: { kind: 'location', location: { latitude: -6.2, longitude: 106.8, name: 'Shop' } } })
    const buttons = { kind: 'interactive', text: 'Pick', buttons: [{ id: 'yes', title: 'Yes' }] }
    await sent({ content: buttons })
    const list = { kind: 'list', text: 'Choose', button: 'Open', sections: [{ rows: [{ id: 'a', title: 'A' }] }] }
    await sent({ content: list })
    expect((await desk.thread()).map(({ kind, body, content }) => ({ kind, body, content })).slice(0, 3)).toEqual([
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
    await tenant.scope.transaction((tx) =>
      syncTemplates(tx, { tenantId: tenant.tenantId, channelAccountId: desk.channelAccountId }, [listed]),
    )
    const [row] = await tenant.scope.transaction(({ prisma }) => prisma.template.findMany())
    return `tpl_${row?.id.replaceAll('-', '')}` as Id<'template'>
  }

  test('a template, also when the window is closed', async () => {
    await desk.windowUntil(new Date(0))
    const templateId = await aTemplate()
    await sent({ content: { kind: 'template', templateId, body: ['Siti'] } })
    expect((await desk.thread())[0]).toMatchObject({
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
    const withFile = async (uploadId: Id<'upload'>) => desk.send({ content: { kind: 'template', templateId, header: { uploadId } } })
    expect(await withFile(await anUpload(tenant.scope, { kind: 'document', mimeType: 'application/pdf' }))).toMatchObject({
      code: 'attachment_rejected',
    })
    expect(await withFile(await anUpload(tenant.scope))).toMatchObject({ ok: true })
    expect((await desk.thread())[0]).toMatchObject({ kind: 'template', body: 'Look', attachments: [{ kind: 'image' }] })
  })

  test('no template that is not approved, not filled, or of another account', async () => {
    const paused = await aTemplate('PAUSED')
    expect(await desk.send({ content: { kind: 'template', templateId: paused, body: ['Siti'] } })).toMatchObject({
      code: 'template_not_approved',
    })
    const approved = await aTemplate()
    expect(await desk.send({ content: { kind: 'template', templateId: approved } })).toMatchObject({ code: 'template_parameters_mismatch' })
    const other = await aChannelAccount(tenant.scope)
    const elsewhere = await aConversation(tenant.scope, other)
    const content = { kind: 'template', templateId: approved, body: ['Siti'] }
    expect(await desk.send({ conversationId: elsewhere.conversationId, content })).toMatchObject({ code: 'not_found' })
  })
})

describe('a reaction', () => {
  const react = (emoji: string | null, given: GivenMessage = {}) =>
    desk.send({ content: { kind: 'reaction', targetMessageId: conversation.messageIds[0], emoji }, ...given })

  test('stands under its message, travels by itself, and takes no place in the thread', async () => {
    const result = await react('👍')
    expect(result).toMatchObject({ ok: true, value: { sequence: 0 } })
    const messages = await desk.thread()
    expect(messages).toHaveLength(1)
    expect(messages[0]).toMatchObject({ version: 2, reactions: [{ by: 'business', emoji: '👍', isFailed: false }] })
    expect(await rowOf()).toMatchObject({ messageSequence: 1, lastMessagePreview: 'Hi', version: 1 })
    const carried = await tenant.scope.transaction(({ prisma }) => prisma.message.findFirstOrThrow({ where: { kind: 'reaction' } }))
    const targetExternalId = externalIdOf(conversation.messageIds[0] ?? expect.unreachable())
    expect(carried.content).toMatchObject({ outbound: { kind: 'reaction', targetExternalId, emoji: '👍' } })
    expect((await desk.events()).map((event) => event.type)).toEqual(['message.changed', 'delivery.queued'])
  })

  test('replaces the business’s earlier one, whoever of us gave it, and can be taken back', async () => {
    const omar = await aMember(database.web, tenant, { name: 'Omar' })
    await react('👍')
    desk.clock.advance(2_000)
    await sendMessage(
      omar,
      desk.inputOf({ content: { kind: 'reaction', targetMessageId: conversation.messageIds[0], emoji: '❤️' } }),
      () => CAPABILITIES,
    )
    expect((await desk.thread())[0]?.reactions).toEqual([{ by: 'business', emoji: '❤️', isFailed: false }])
    desk.clock.advance(2_000)
    await react(null)
    expect((await desk.thread())[0]?.reactions).toEqual([])
  })

  test('that the provider did not take says so', async () => {
    const result = await react('👍')
    if (!result.ok) return expect.unreachable(result.code)
    await tenant.scope.transaction(({ prisma }) => prisma.delivery.updateMany({ data: { state: 'failed' } }))
    expect((await desk.thread())[0]?.reactions).toEqual([{ by: 'business', emoji: '👍', isFailed: true }])
  })

  test('is refused outside the window, and on what the provider does not know yet', async () => {
    const { messageId } = await sent()
    expect(await react('👍', { content: { kind: 'reaction', targetMessageId: messageId, emoji: '👍' } })).toMatchObject({
      code: 'not_found',
    })
    await desk.windowUntil(new Date(0))
    expect(await react('👍')).toMatchObject({ code: 'window_closed' })
  })

  test('needs no knowledge of what came since', async () => {
    await aMessage(tenant.scope, conversation, { body: 'more' })
    expect(await react('👍', { lastSequenceSeen: 0 })).toMatchObject({ ok: true })
  })
})
