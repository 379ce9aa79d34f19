import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
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
import { findHeads } from '#modules/deliveries/find-heads.ts'
import { listMembers, scopeForUser } from '#modules/members/index.ts'
import { listMessages, loadMessageViews, SendMessage, sendMessage } from '#modules/messages/index.ts'
import { listTemplates } from '#modules/templates/index.ts'
import { systemClock } from '#platform/clock.ts'
import { type Id, newId, toUuid } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { type BuiltConversation, type ConversationSpec, externalIdOf, insertConversations } from '#tests/builders/conversations.ts'
import { anEvent, aText, customer, receiveFor } from '#tests/builders/inbound.ts'
import { recordingDatabase } from '#tests/builders/recording.ts'
import { aMember, aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { indexesOf, planProblems } from './explain-plan.ts'

/**
 * Plans of every statement written by hand, as the application roles run them, on tables large enough that a missing index
 * would show. The statements are taken down while use cases run, so a new one is checked as soon as a use case here runs it.
 */
const database = useDatabase()
const CONVERSATIONS = 12_000
const MINUTE = 60_000

let tenant: BuiltTenant
let own: MemberScope
let channelAccountId: Id<'channelAccount'>
let built: BuiltConversation[]
let big: Set<string>
const clients = {} as Record<'weft_web' | 'weft_worker', pg.Client>

beforeAll(async () => {
  tenant = await aTenant(database.web)
  own = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'own' }] })
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
  built = await grow(tenant, channelAccountId, CONVERSATIONS)
  for (let n = 0; n < 20; n++) {
    const neighbour = await aTenant(database.web)
    await grow(neighbour, (await aChannelAccount(neighbour.scope)).channelAccountId, 40)
  }
  const superuser = new pg.Client({ connectionString: database.urls.superuser })
  await superuser.connect()
  await superuser.query('vacuum analyze')
  const { rows } = await superuser.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and reltuples > 5000`)
  big = new Set(rows.map((row) => row.name))
  await superuser.end()
  clients.weft_web = new pg.Client({ connectionString: database.urls.web })
  clients.weft_worker = new pg.Client({ connectionString: database.urls.worker })
  await Promise.all(Object.values(clients).map((client) => client.connect()))
}, 300_000)
afterAll(() => Promise.all(Object.values(clients).map((client) => client.end())))

/** Conversations like a tenant of some age has them: most resolved, a tenth open, some of those assigned. */
async function grow({ scope, tenantId }: BuiltTenant, account: Id<'channelAccount'>, count: number): Promise<BuiltConversation[]> {
  const now = Date.now()
  const specOf = (n: number): ConversationSpec => {
    const at = (minutes: number) => new Date(now - (n * 3 + minutes) * MINUTE)
    return {
      channelAccountId: account,
      status: n % 10 === 0 ? 'open' : 'resolved',
      assigneeId: n % 4 === 0 ? own.actor.memberId : null,
      messages: [{ at: at(2) }, { at: at(1), direction: 'outbound', delivery: n % 50 === 0 ? 'queued' : 'read' }, { at: at(0) }],
    }
  }
  const made: BuiltConversation[] = []
  for (let from = 0; from < count; from += 2_000) {
    const specs = Array.from({ length: Math.min(2_000, count - from) }, (_, n) => specOf(from + n))
    const mine = scope.tenantId === tenant.tenantId ? specs : specs.map((spec) => ({ ...spec, assigneeId: null }))
    made.push(...(await scope.transaction((tx) => insertConversations(tx, tenantId, mine))))
  }
  return made
}

/** What the plans of everything that ran must not do. */
async function problemsOf(run: (recorded: { web: typeof database.web; worker: typeof database.worker }) => Promise<unknown>) {
  const [web, worker] = [recordingDatabase(database.web), recordingDatabase(database.worker)]
  await run({ web: web.database, worker: worker.database })
  const statements = [...web.statements, ...worker.statements]
  expect(statements.length).toBeGreaterThan(0)
  const problems = []
  for (const statement of statements) problems.push(...(await planProblems(clients[statement.role], statement, big)))
  return { problems, statements }
}

const scopeOn = (web: typeof database.web, member: MemberScope = tenant.scope): Scope => scopeOf({ ...member, database: web })
const some = (n: number): BuiltConversation => built[n] ?? expect.unreachable()

test('the tables are large enough for a missing index to show', () => {
  for (const table of ['conversations', 'contacts', 'contact_identities', 'lines', 'line_identities']) expect(big).toContain(table)
  for (const parent of ['messages', 'deliveries', 'external_refs'])
    expect([...big].some((name) => name.startsWith(`${parent}_p`))).toBe(true)
})

describe('the conversation list', () => {
  const lists = (['open', 'resolved'] as const).flatMap((status) =>
    (['all', 'unassigned', 'mine'] as const).flatMap((view) =>
      [tenant, own].map((_, who) => ({ status, view, who: who === 0 ? 'everybody’s' : 'own' })),
    ),
  )
  test.each(lists)('$status, $view, $who reach: every page along its index', async ({ status, view, who }) => {
    const member = who === 'own' ? own : tenant.scope
    const filter = who === 'own' || view === 'mine' ? 'assignee' : view
    const { problems, statements } = await problemsOf(async ({ web }) => {
      const first = await listConversations(scopeOn(web, member), { status, view })
      if (first.nextCursor) await listConversations(scopeOn(web, member), { status, view, cursor: first.nextCursor })
      // What the view holds nothing of needs no query; the count keeps this test from being empty.
      await countConversations(scopeOn(web, member))
    })
    expect(problems).toEqual([])
    const lists = statements.filter((statement) => statement.text.includes('with page as'))
    for (const statement of lists) {
      const index = { all: '', unassigned: '_unassigned', assignee: '_by_assignee' }[filter]
      expect(await indexesOf(clients.weft_web, statement)).toContain(`conversations_${status}${index}`)
    }
  })

  test('costs no more pages of memory at the end than at the beginning', async () => {
    const recorder = recordingDatabase(database.web)
    const last = built.filter((_, n) => n % 10 === 0).at(-2)
    const cursor = Buffer.from(
      JSON.stringify([
        new Date(Date.now() - CONVERSATIONS * 3 * MINUTE + 60 * 60 * MINUTE).toISOString(),
        '00000000-0000-0000-0000-000000000000',
      ]),
    ).toString('base64url')
    expect(last).toBeDefined()
    await listConversations(scopeOn(recorder.database), { status: 'open', view: 'all' })
    await listConversations(scopeOn(recorder.database), { status: 'open', view: 'all', cursor })
    const [first, deep] = await Promise.all(recorder.statements.map((statement) => buffersOf(statement.text, statement.values)))
    expect(first).toBeLessThan(3_000)
    expect(deep).toBeLessThan((first ?? 0) * 1.5)
  })
})

/** Pages of shared memory a read touches. */
async function buffersOf(text: string, values: readonly unknown[]): Promise<number> {
  const client = new pg.Client({ connectionString: database.urls.web })
  await client.connect()
  await client.query('begin')
  await client.query("select set_config('app.tenant_id', $1, true)", [String(values[0])])
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>({
    text: `explain (analyze, buffers, format json) ${text}`,
    values: [...values],
  })
  await client.end()
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {}
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
}

describe('what a person does', () => {
  test.each<[string, (scope: Scope, web: typeof database.web) => Promise<unknown>]>([
    ['enters', (scope, web) => scopeForUser(web, systemClock, tenant.scope.actor.userId, scope.tenantId)],
    ['sees the members', async (scope) => [await listMembers(scope), await listConversations(scope, { view: 'all', status: 'open' })]],
    ['opens a conversation', (scope) => getConversation(scope, { conversationId: some(5).conversationId })],
    ['reads a thread', (scope) => listMessages(scope, { conversationId: some(5).conversationId })],
    [
      'goes on reading a thread',
      async (scope) => {
        const page = await listMessages(scope, { conversationId: some(5).conversationId, limit: 1 })
        return listMessages(scope, { conversationId: some(5).conversationId, cursor: (page.ok && page.value.nextCursor) || undefined })
      },
    ],
    ['assigns', (scope) => assignConversation(scope, { conversationId: some(10).conversationId, assigneeId: own.actor.memberId })],
    ['marks as read', (scope) => markConversationRead(scope, { conversationId: some(10).conversationId })],
    ['resolves', (scope) => resolveConversation(scope, { conversationId: some(20).conversationId })],
    ['reopens', (scope) => reopenConversation(scope, { conversationId: some(21).conversationId })],
    ['sees the templates', (scope) => listTemplates(scope, { channelAccountId })],
  ])('%s', async (_name, run) => {
    const { problems } = await problemsOf(({ web }) => run(scopeOn(web), web))
    expect(problems).toEqual([])
  })

  test.each<[string, (conversation: BuiltConversation) => Partial<SendMessage>]>([
    ['a text', (conversation) => ({ replyToMessageId: conversation.messageIds[0] })],
    ['without having seen what came', () => ({ lastSequenceSeen: 0 })],
    [
      'a reaction',
      (conversation) => ({ content: { kind: 'reaction', targetMessageId: conversation.messageIds[0] ?? newId('message'), emoji: '👍' } }),
    ],
  ])('sends %s', async (_name, given) => {
    const conversation = some(30)
    const input: SendMessage = {
      messageId: newId('message'),
      conversationId: conversation.conversationId,
      lastSequenceSeen: 99,
      content: { kind: 'text', text: 'Hello' },
      ...given(conversation),
    }
    const { problems } = await problemsOf(({ web }) => sendMessage(scopeOn(web), SendMessage.parse(input), () => CAPABILITIES))
    expect(problems).toEqual([])
  })
})

describe('what a worker does', () => {
  test('loads rows for live screens', async () => {
    const { problems } = await problemsOf(({ worker }) =>
      worker.batchTransaction([tenant.tenantId], systemClock, async (tx) => [
        await loadListItems(tx, tenant.tenantId, [some(1).conversationId, some(2).conversationId]),
        await loadMessageViews(tx, tenant.tenantId, [...some(1).messageIds, ...some(2).messageIds]),
      ]),
    )
    expect(problems).toEqual([])
  })

  test('receives messages, reactions and receipts of people known and unknown', async () => {
    const owner = { tenantId: tenant.tenantId, channelAccountId }
    const person = customer(some(40).phone)
    const outbound = externalIdOf(some(40).messageIds[1] ?? newId('message'))
    const events = [
      aText('wamid.known', 1, { person }),
      aText('wamid.answer', 2, { person, context: { replyToExternalId: outbound } }),
      aText('wamid.new', 3),
      anEvent('reaction', 4, { person, externalId: 'wamid.r', targetExternalId: outbound, emoji: '👍', fromBusiness: false }),
      anEvent('edit', 5, {
        person,
        externalId: 'wamid.e',
        targetExternalId: 'wamid.known',
        content: { kind: 'text', text: 'New words' },
        fromBusiness: false,
      }),
      anEvent('receipt', 6, { externalId: outbound, status: 'read' }),
      anEvent('receipt', 7, { externalId: 'wamid.unknown', status: 'delivered' }),
    ]
    const { problems } = await problemsOf(({ worker }) =>
      receiveFor(
        worker,
        events.map((event) => ({ event, owner })),
      ),
    )
    expect(problems).toEqual([])
  })

  test('looks for what is due', async () => {
    const room = { tenantId: tenant.tenantId, channelAccountId, epoch: 1, lane: 'interactive' as const, calls: 10 }
    const options = { holder: newId('sender'), rooms: [room], limit: 50, hasReplyWindow: true, restingLines: [], uploading: [] }
    const { problems } = await problemsOf(({ worker }) =>
      worker.batchTransaction([tenant.tenantId], systemClock, (tx) => findHeads(tx, options)),
    )
    expect(problems).toEqual([])
  })
})

describe('the reader of plans', () => {
  const statement = (text: string) => ({
    role: 'weft_web' as const,
    text,
    values: [toUuid(tenant.tenantId)],
    name: undefined,
    tenantIds: [tenant.tenantId],
  })
  test.each([
    [
      'a table read from end to end',
      `select * from conversations where tenant_id = $1::uuid and last_message_preview = 'x'`,
      'reads all of conversations',
    ],
    [
      'a join that could leak, and so reads all it joins',
      'select r.id from conversations c join conversations r on r.tenant_id = $1::uuid and r.id = coalesce(c.merged_into_id, c.id) where c.tenant_id = $1::uuid and c.id = $1::uuid',
      'of conversations',
    ],
    ['an order that no index gives', 'select * from conversations where tenant_id = $1::uuid order by last_message_preview', 'rows by'],
  ])('sees %s', async (_name, text, problem) => {
    const problems = await planProblems(clients.weft_web, statement(text), big)
    expect(problems.map((found) => found.problem).join()).toContain(problem)
  })
})
