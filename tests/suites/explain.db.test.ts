import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { CAPABILITIES } from '#channels/whatsapp/capabilities.ts'
import {
  assignConversation,
  countConversations,
  getConversation,
  listConversations,
  markConversationRead,
  reopenConversation,
  resolveConversation,
} from '#modules/conversations/index.ts'
import { listMembers, scopeForUser } from '#modules/members/index.ts'
import { listMessages, SendMessage, sendMessage } from '#modules/messages/index.ts'
import { listTemplates } from '#modules/templates/index.ts'
import { systemClock } from '#platform/clock.ts'
import { encodeCursor } from '#platform/cursor.ts'
import type { Database } from '#platform/db/database.ts'
import { newId, toUuid } from '#platform/ids.ts'
import type { Scope } from '#platform/scope.ts'
import type { BuiltConversation } from '#tests/builders/conversations.ts'
import type { RecordedStatement } from '#tests/builders/recording.ts'
import { indexesOf, planProblems } from './explain-plan.ts'
import { CONVERSATIONS, MINUTE, useLargeTenant } from './large-tenant.ts'
import { workerFlows } from './worker-flows.ts'

/**
 * Plans of every statement written by hand, as the application roles run them, on tables large enough that a missing index
 * would show. The statements are taken down while use cases and workers run; the last test names those that never ran.
 */
const large = useLargeTenant()

test('the tables are large enough for a missing index to show', () => {
  for (const table of ['conversations', 'contacts', 'contact_identities', 'lines', 'line_identities']) expect(large.big).toContain(table)
  for (const parent of ['messages', 'deliveries', 'external_refs']) {
    expect([...large.big].some((name) => name.startsWith(`${parent}_p`))).toBe(true)
  }
})

describe('the conversation list', () => {
  const lists = (['open', 'resolved'] as const).flatMap((status) =>
    (['all', 'unassigned', 'mine'] as const).flatMap((view) => (['everybody’s', 'own'] as const).map((reach) => ({ status, view, reach }))),
  )
  test.each(lists)('$status, $view, $reach reach: every page along its index', async ({ status, view, reach }) => {
    const member = reach === 'own' ? large.own : large.tenant.scope
    const filter = reach === 'own' || view === 'mine' ? 'assignee' : view
    const { problems, statements } = await large.run(async ({ web }) => {
      const first = await listConversations(large.scopeOn(web, member), { status, view })
      if (first.nextCursor) await listConversations(large.scopeOn(web, member), { status, view, cursor: first.nextCursor })
      // What the view holds nothing of needs no query; the count keeps this test from being empty.
      await countConversations(large.scopeOn(web, member))
    })
    expect(problems).toEqual([])
    for (const statement of statements.filter(({ text }) => text.includes('with page as'))) {
      const index = { all: '', unassigned: '_unassigned', assignee: '_by_assignee' }[filter]
      expect(await indexesOf(large.clients.weft_web, statement)).toContain(`conversations_${status}${index}`)
    }
  })

  test('costs no more pages of memory at the end than at the beginning', async () => {
    const nearTheEnd = new Date(Date.now() - (CONVERSATIONS - 1_200) * 3 * MINUTE).toISOString()
    const cursor = encodeCursor([nearTheEnd, '00000000-0000-0000-0000-000000000000'])
    const { statements } = await large.run(async ({ web }) => {
      await listConversations(large.scopeOn(web), { status: 'open', view: 'all' })
      await listConversations(large.scopeOn(web), { status: 'open', view: 'all', cursor })
    })
    const [first = 0, deep = 0] = [await buffersOf(statements[0]), await buffersOf(statements[1])]
    expect(first).toBeGreaterThan(50)
    expect(first).toBeLessThan(3_000)
    expect(deep).toBeLessThan(first * 1.5)
  })
})

/** Pages of shared memory a read touches. */
async function buffersOf(statement: RecordedStatement | undefined): Promise<number> {
  if (!statement) return expect.unreachable()
  const client = large.clients.weft_web
  await client.query('begin')
  await client.query("select set_config('app.tenant_id', $1, true)", [toUuid(large.tenant.tenantId)])
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Record<string, number> }] }>({
    text: `explain (analyze, buffers, format json) ${statement.text}`,
    values: [...statement.values],
  })
  await client.query('rollback')
  const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? {}
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
}

describe('what a person does', () => {
  const at = (n: number) => ({ conversationId: large.conversation(n).conversationId })
  test.each<[string, (scope: Scope, web: Database) => Promise<unknown>]>([
    ['enters', (scope, web) => scopeForUser(web, systemClock, large.tenant.scope.actor.userId, scope.tenantId)],
    ['sees the members', async (scope) => [await listMembers(scope), await listConversations(scope, { view: 'all', status: 'open' })]],
    ['opens a conversation', (scope) => getConversation(scope, at(5))],
    ['reads a thread', (scope) => listMessages(scope, at(5))],
    [
      'goes on reading a thread',
      async (scope) => {
        const page = await listMessages(scope, { ...at(5), limit: 1 })
        return listMessages(scope, { ...at(5), cursor: (page.ok && page.value.nextCursor) || undefined })
      },
    ],
    ['assigns', (scope) => assignConversation(scope, { ...at(10), assigneeId: large.own.actor.memberId })],
    ['marks as read', (scope) => markConversationRead(scope, at(10))],
    ['resolves', (scope) => resolveConversation(scope, at(20))],
    ['reopens', (scope) => reopenConversation(scope, at(21))],
    ['sees the templates', (scope) => listTemplates(scope, { channelAccountId: large.channelAccountId })],
  ])('%s', async (_name, run) => {
    const { problems } = await large.run(({ web }) => run(large.scopeOn(web), web))
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
    const conversation = large.conversation(30)
    const text = { messageId: newId('message'), lastSequenceSeen: 99, content: { kind: 'text', text: 'Hello' } }
    const input = SendMessage.parse({ ...at(30), ...text, ...given(conversation) })
    const { problems } = await large.run(({ web }) => sendMessage(large.scopeOn(web), input, () => CAPABILITIES))
    expect(problems).toEqual([])
  })
})

describe('what a worker does', () => {
  test.each(workerFlows)('%s', async (_name, flow) => {
    expect((await large.run((recorded) => flow(large, recorded))).problems).toEqual([])
  })
})

test('no statement of a module with tenant tables was forgotten', () => {
  const planned = new Set(large.statements.map((statement) => statement.name))
  const forgotten = MODULES.flatMap(namedStatements).filter((name) => !planned.has(name) && !(name in NOT_PLANNED))
  expect(forgotten).toEqual([])
})

const MODULES = ['channels', 'contacts', 'conversations', 'deliveries', 'files', 'lines', 'members', 'messages', 'templates']

/** Why a statement does not run here. */
const NOT_PLANNED: Readonly<Record<string, string>> = {
  insert_merge_suggestions: 'writes rows and reads none',
  abandon_attempts: 'needs a dead sender; updates by primary key',
  forget_refused_files: 'needs a refused file; reads by primary key and by message',
  remember_upload: 'writes one row by primary key',
}

/** The names of prepared statements in a module's files: the last argument of a call of `sql`. */
function namedStatements(module: string): string[] {
  const files = readdirSync(join('modules', module), { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test)\.ts$/.test(name))
  return files.flatMap((file) => {
    const source = readFileSync(join('modules', module, file), 'utf8')
    return [...source.matchAll(/(?:\]|Values|\)),\s+'([a-z]+(?:_[a-z]+)+)',?\s*\)/g)].map((match) => match[1] ?? '')
  })
}

describe('the reader of plans', () => {
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
    const { tenantId } = large.tenant
    const statement = { role: 'weft_web' as const, text, values: [toUuid(tenantId)], name: undefined, tenantIds: [tenantId] }
    const problems = await planProblems(large.clients.weft_web, statement, large.big)
    expect(problems.map((found) => found.problem).join()).toContain(problem)
  })
})
