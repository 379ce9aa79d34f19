import pg from 'pg'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Database } from '#platform/db/database.ts'
import type { Id } from '#platform/ids.ts'
import { type Scope, scopeOf } from '#platform/scope.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { type BuiltConversation, type ConversationSpec, insertConversations } from '#tests/builders/conversations.ts'
import { type RecordedStatement, recordingDatabase } from '#tests/builders/recording.ts'
import { aMember, aTenant, type BuiltTenant, type MemberScope } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { type PlanProblem, planProblems } from './explain-plan.ts'

/** A tenant large enough that a missing index shows, twenty small ones beside it, and a reader of plans behind the same wall. */
export interface LargeTenant {
  tenant: BuiltTenant
  /** A member whose reach is their own. */
  own: MemberScope
  channelAccountId: Id<'channelAccount'>
  /** Big tables, and partitions of tables. */
  big: ReadonlySet<string>
  clients: Record<Database['role'], pg.Client>
  /** Every statement of every `run` so far. */
  statements: RecordedStatement[]
  conversation(n: number): BuiltConversation
  scopeOn(web: Database, member?: MemberScope): Scope
  /** Runs something as a web process or a worker, and plans every statement it ran. */
  run(work: (recorded: Recorded) => Promise<unknown>): Promise<{ problems: PlanProblem[]; statements: RecordedStatement[] }>
}

export interface Recorded {
  web: Database
  worker: Database
}

export const CONVERSATIONS = 12_000
export const MINUTE = 60_000

export function useLargeTenant(): LargeTenant {
  const database = useDatabase()
  const large = { statements: [] as RecordedStatement[] } as unknown as LargeTenant
  let built: BuiltConversation[] = []
  large.conversation = (n) => built[n] ?? expect.unreachable()
  large.scopeOn = (web, member = large.tenant.scope) => scopeOf({ ...member, database: web })
  large.run = async (work) => {
    const [web, worker] = [recordingDatabase(database.web), recordingDatabase(database.worker)]
    await work({ web: web.database, worker: worker.database })
    const statements = [...web.statements, ...worker.statements]
    expect(statements.length).toBeGreaterThan(0)
    large.statements.push(...statements)
    const problems: PlanProblem[] = []
    for (const statement of statements) problems.push(...(await planProblems(large.clients[statement.role], statement, large.big)))
    return { problems, statements }
  }

  beforeAll(async () => {
    large.tenant = await aTenant(database.web)
    large.own = await aMember(database.web, large.tenant, { grants: [{ permission: 'conversations.view', reach: 'own' }] })
    large.channelAccountId = (await aChannelAccount(large.tenant.scope)).channelAccountId
    built = await grow(large.tenant, large.channelAccountId, CONVERSATIONS, large.own.actor.memberId)
    for (let n = 0; n < 20; n++) {
      const neighbour = await aTenant(database.web)
      await grow(neighbour, (await aChannelAccount(neighbour.scope)).channelAccountId, 40, null)
    }
    large.big = await analyzed(database.urls.superuser)
    large.clients = {
      weft_web: new pg.Client({ connectionString: database.urls.web }),
      weft_worker: new pg.Client({ connectionString: database.urls.worker }),
    }
    await Promise.all(Object.values(large.clients).map((client) => client.connect()))
  }, 300_000)
  afterAll(() => Promise.all(Object.values(large.clients ?? {}).map((client) => client.end())))
  return large
}

/** Conversations like a tenant of some age has them: most resolved, a tenth open, a quarter assigned, one in fifty waiting to be sent. */
async function grow(
  { scope, tenantId }: BuiltTenant,
  channelAccountId: Id<'channelAccount'>,
  count: number,
  assigneeId: Id<'member'> | null,
): Promise<BuiltConversation[]> {
  const now = Date.now()
  const specOf = (n: number): ConversationSpec => {
    const at = (minutes: number) => new Date(now - (n * 3 + minutes) * MINUTE)
    return {
      channelAccountId,
      status: n % 10 === 0 ? 'open' : 'resolved',
      assigneeId: n % 4 === 0 ? assigneeId : null,
      messages: [{ at: at(2) }, { at: at(1), direction: 'outbound', delivery: n % 50 === 0 ? 'queued' : 'read' }, { at: at(0) }],
    }
  }
  const made: BuiltConversation[] = []
  for (let from = 0; from < count; from += 2_000) {
    const specs = Array.from({ length: Math.min(2_000, count - from) }, (_, n) => specOf(from + n))
    made.push(...(await scope.transaction((tx) => insertConversations(tx, tenantId, specs))))
  }
  return made
}

async function analyzed(superuserUrl: string): Promise<Set<string>> {
  const superuser = new pg.Client({ connectionString: superuserUrl })
  await superuser.connect()
  await superuser.query('vacuum analyze')
  const { rows } = await superuser.query<{ name: string }>(`select relname as name from pg_class where relkind = 'r' and reltuples > 5000`)
  await superuser.end()
  return new Set(rows.map((row) => row.name))
}
