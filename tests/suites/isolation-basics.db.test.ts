import { beforeAll, describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import { listChannelAccounts, replaceCredentials, setChannelAccountStatus } from '#modules/channels/index.ts'
import {
  assignConversation,
  countConversations,
  getConversation,
  listConversations,
  loadListItems,
  markConversationRead,
  reopenConversation,
  resolveConversation,
} from '#modules/conversations/index.ts'
import { discardDelivery, loadDeliveryViews, resendDelivery } from '#modules/deliveries/index.ts'
import { loadAttachmentViews } from '#modules/files/index.ts'
import { abilityForMember, listMembers, scopeForUser } from '#modules/members/index.ts'
import { listMessages, loadMessageViews, SendMessage, sendMessage } from '#modules/messages/index.ts'
import { listTemplates, syncTemplates } from '#modules/templates/index.ts'
import { systemClock } from '#platform/clock.ts'
import { TABLES } from '#platform/db/tables.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount, testKeys } from '#tests/builders/channels.ts'
import { aConversation, type BuiltConversation } from '#tests/builders/conversations.ts'
import { aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { anUpload } from '#tests/builders/uploads.ts'
import { useDatabase } from '#tests/setup/database.ts'

/**
 * Two tenants side by side (I6): with every permission there is, the neighbour can neither read, change, count nor guess what
 * is ours. First through every use case, then past them, by SQL, in every table.
 */
const database = useDatabase()
const CANARY = 'canary-7f3a'

let ours: BuiltTenant
let theirs: BuiltTenant
let neighbour: MemberScope
let conversation: BuiltConversation
let resolved: BuiltConversation
let channelAccountId: Id<'channelAccount'>
let deliveryId: Id<'delivery'>
let templateId: Id<'template'>
let uploadId: Id<'upload'>
let own: BuiltConversation

beforeAll(async () => {
  ours = await aTenant(database.web, { name: CANARY })
  theirs = await aTenant(database.web)
  neighbour = theirs.scope
  channelAccountId = (await aChannelAccount(ours.scope, { name: CANARY })).channelAccountId
  const messages = [
    { body: CANARY },
    { body: CANARY, direction: 'outbound' as const, delivery: 'unknown' as const, authorId: ours.scope.actor.memberId },
  ]
  conversation = await aConversation(ours.scope, { channelAccountId, contact: { name: CANARY }, messages })
  resolved = await aConversation(ours.scope, { channelAccountId, contact: { name: CANARY }, status: 'resolved' })
  uploadId = await anUpload(ours.scope, { fileName: CANARY })
  await sendMessage(ours.scope, outbound(conversation, { kind: 'media', uploadId }), () => CAPABILITIES)
  await syncOurTemplate()
  await ours.scope.transaction(async ({ prisma }) => {
    deliveryId = fromUuid('delivery', (await prisma.delivery.findFirstOrThrow({ where: { state: 'unknown' } })).id)
    templateId = fromUuid('template', (await prisma.template.findFirstOrThrow()).id)
  })
  own = await aConversation(neighbour, await aChannelAccount(neighbour))
})

const syncOurTemplate = () =>
  ours.scope.transaction((tx) =>
    syncTemplates(tx, { tenantId: ours.tenantId, channelAccountId }, [
      {
        externalId: '1',
        name: 'canary',
        language: 'en',
        category: 'UTILITY',
        status: 'APPROVED',
        parameterFormat: 'positional',
        components: [{ type: 'BODY', text: CANARY }],
      },
    ]),
  )
const outbound = (to: BuiltConversation, content: unknown, given: Partial<SendMessage> = {}): SendMessage =>
  SendMessage.parse({ messageId: newId('message'), conversationId: to.conversationId, lastSequenceSeen: 99, content, ...given })
const text = { kind: 'text', text: 'Hello' }
/** Everything of ours, to see that nothing moved. */
const snapshot = () =>
  ours.scope.transaction(async ({ prisma }) =>
    JSON.stringify([
      await prisma.conversation.findMany({ orderBy: { id: 'asc' } }),
      await prisma.message.findMany({ orderBy: { id: 'asc' } }),
      await prisma.delivery.findMany({ orderBy: { id: 'asc' } }),
      await prisma.channelAccount.findMany({ orderBy: { id: 'asc' } }),
      await prisma.template.findMany({ orderBy: { id: 'asc' } }),
      await prisma.attachment.findMany({ orderBy: { id: 'asc' } }),
    ]),
  )

describe('through a use case', () => {
  const target = () => ({ conversationId: conversation.conversationId })
  const refused: [string, () => Promise<{ ok: boolean; code?: string }>, string][] = [
    ['getConversation', () => getConversation(neighbour, target()), 'not_found'],
    ['assignConversation', () => assignConversation(neighbour, { ...target(), assigneeId: null }), 'not_found'],
    [
      'assignConversation to our member',
      () => assignConversation(neighbour, { conversationId: own.conversationId, assigneeId: ours.scope.actor.memberId }),
      'assignee_unavailable',
    ],
    ['resolveConversation', () => resolveConversation(neighbour, target()), 'not_found'],
    ['reopenConversation', () => reopenConversation(neighbour, { conversationId: resolved.conversationId }), 'not_found'],
    ['markConversationRead', () => markConversationRead(neighbour, target()), 'not_found'],
    ['listMessages', () => listMessages(neighbour, target()), 'not_found'],
    ['sendMessage', () => sendMessage(neighbour, outbound(conversation, text), () => CAPABILITIES), 'not_found'],
    [
      'sendMessage in answer to ours',
      () => sendMessage(neighbour, outbound(own, text, { replyToMessageId: conversation.messageIds[0] }), () => CAPABILITIES),
      'not_found',
    ],
    [
      'sendMessage with our file',
      () => sendMessage(neighbour, outbound(own, { kind: 'media', uploadId }), () => CAPABILITIES),
      'attachment_rejected',
    ],
    [
      'sendMessage with our template',
      () => sendMessage(neighbour, outbound(own, { kind: 'template', templateId }), () => CAPABILITIES),
      'not_found',
    ],
    [
      'sendMessage of a reaction to ours',
      () =>
        sendMessage(
          neighbour,
          outbound(own, { kind: 'reaction', targetMessageId: conversation.messageIds[0], emoji: '👍' }),
          () => CAPABILITIES,
        ),
      'not_found',
    ],
    ['resendDelivery', () => resendDelivery(neighbour, { deliveryId }), 'not_found'],
    ['discardDelivery', () => discardDelivery(neighbour, { deliveryId }), 'not_found'],
    ['listTemplates', () => listTemplates(neighbour, { channelAccountId }), 'not_found'],
    ['setChannelAccountStatus', () => setChannelAccountStatus(neighbour, { channelAccountId, status: 'disabled' }), 'not_found'],
    [
      'replaceCredentials',
      () => replaceCredentials(neighbour, testKeys, { channelAccountId, credentials: { accessToken: 'theirs' } }),
      'not_found',
    ],
  ]
  test.each(refused)('%s finds nothing', async (_name, run, code) => {
    const before = await snapshot()
    const result = await run()
    expect(result).toMatchObject({ ok: false, code })
    expect(JSON.stringify(result)).not.toContain(CANARY)
    expect(await snapshot()).toBe(before)
  })

  test('a message id of ours can be used by them without meeting ours', async () => {
    const messageId = conversation.messageIds[0]
    expect(await sendMessage(neighbour, outbound(own, text, { messageId }), () => CAPABILITIES)).toMatchObject({ ok: true })
    const page = await listMessages(ours.scope, target())
    expect(page.ok && page.value.items.find((item) => item.id === messageId)?.body).toBe(CANARY)
  })

  test('lists, counts and rows loaded by id hold none of ours', async () => {
    const seen = [
      await listConversations(neighbour, { view: 'all', status: 'open' }),
      await listConversations(neighbour, { view: 'all', status: 'resolved' }),
      await listMembers(neighbour),
      await listChannelAccounts(neighbour),
      await neighbour.read(async (tx) => [
        [...(await loadListItems(tx, neighbour.tenantId, [conversation.conversationId])).values()],
        [...(await loadMessageViews(tx, neighbour.tenantId, [...conversation.messageIds.slice(1)])).values()],
        [...(await loadAttachmentViews(tx, neighbour.tenantId, conversation.messageIds)).values()],
        [...(await loadDeliveryViews(tx, neighbour.tenantId, conversation.messageIds.slice(1))).values()],
      ]),
    ]
    expect(JSON.stringify(seen)).not.toContain(CANARY)
    expect(seen.at(-1)).toEqual([[], [], [], []])
    expect((await countConversations(neighbour)).all.count).toBe(1)
  })

  test('their user does not enter, nor does our member’s ability answer them', async () => {
    expect(await scopeForUser(database.web, systemClock, neighbour.actor.userId, ours.tenantId)).toBeNull()
    expect(await neighbour.read((tx) => abilityForMember(tx, neighbour.tenantId, ours.scope.actor.memberId))).toBeNull()
  })
})

describe('past the use cases', () => {
  const tables = Object.keys(TABLES).filter((name) => TABLES[name]?.class === 'tenant')
  const ourId = () => toUuid(ours.tenantId)
  /** Both application roles, each in a transaction of the neighbour alone. */
  const asNeighbour: [
    string,
    <T>(work: (sql: (text: string, values?: unknown[]) => Promise<Record<string, unknown>[]>) => Promise<T>) => Promise<T>,
  ][] = [
    [
      'a web process',
      (work) => database.web.tenantTransaction(theirs.tenantId, systemClock, (tx) => work((text, values) => tx.sql(text, values))),
    ],
    [
      'a worker',
      (work) => database.worker.batchTransaction([theirs.tenantId], systemClock, (tx) => work((text, values) => tx.sql(text, values))),
    ],
  ]

  describe.each(asNeighbour)('%s', (_role, run) => {
    test.each(tables)('reads, changes and removes nothing of ours in %s', async (table) => {
      expect(await run((sql) => sql(`select 1 from ${table} where tenant_id = $1::uuid`, [ourId()]))).toEqual([])
      expect(
        await run((sql) => sql(`update ${table} set tenant_id = tenant_id where tenant_id = $1::uuid returning 1 as one`, [ourId()])),
      ).toEqual([])
      expect(await run((sql) => sql(`delete from ${table} where tenant_id = $1::uuid returning 1 as one`, [ourId()]))).toEqual([])
    })

    test.each(tables)('puts nothing into our %s, nor moves its own there', async (table) => {
      await expect(run((sql) => sql(`insert into ${table} (tenant_id) values ($1::uuid)`, [ourId()]))).rejects.toThrow(/row-level security/)
      const move = () => run((sql) => sql(`update ${table} set tenant_id = $1::uuid returning 1 as one`, [ourId()]))
      const theirRows = await run((sql) => sql(`select 1 as one from ${table} limit 1`))
      if (theirRows.length > 0) await expect(move()).rejects.toThrow(/row-level security|violates foreign key/)
    })
  })

  /** Tables that hold rows of ours. */
  const filled = () =>
    database.worker.batchTransaction([ours.tenantId], systemClock, async (tx) => {
      const found: string[] = []
      for (const table of tables) if ((await tx.sql(`select 1 as one from ${table} limit 1`)).length > 0) found.push(table)
      return found
    })

  test('in our own transaction those tables do hold rows, so that the above means something', async () => {
    expect((await filled()).length).toBeGreaterThanOrEqual(15)
  })

  test('nobody reads a row without saying for whom', async () => {
    for (const table of await filled()) {
      for (const role of [database.web, database.worker]) {
        // A connection that has never heard of the setting says so; one that had it before finds it empty, and that is no uuid.
        const reading = role.platformTransaction(systemClock, (tx) => tx.sql(`select 1 from ${table}`))
        await expect(reading, table).rejects.toThrow(/app\.tenant_id|invalid input syntax for type uuid|malformed array literal/)
      }
    }
  })
})
