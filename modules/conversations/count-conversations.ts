import { toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Scope } from '#platform/scope.ts'
import { filterCondition, filterOf, memberUuid, tabCondition } from './list-conversations.ts'
import { CONVERSATION_VIEWS, type ConversationCounts, type ConversationView } from './types.ts'

/**
 * How many open conversations each view holds within the actor's reach, in one query. Counting stops at
 * `LIMITS.countedConversations`, because nobody acts differently on 3,812 than on 99+, and an exact number would cost a scan of
 * all of them for every screen and every change.
 */
export async function countConversations(scope: Scope): Promise<ConversationCounts> {
  const views = CONVERSATION_VIEWS.map((view) => ({ view, filter: filterOf(scope, view) }))
  const counted = views.filter(({ filter }) => filter !== null)
  const counts = new Map<ConversationView, number>()
  if (counted.length > 0) {
    const text = `select ${counted.map(({ view, filter }) => `(${countSql(filter ?? 'all')}) as ${view}`).join(', ')}`
    const own = counted.some(({ filter }) => filter === 'assignee') ? [memberUuid(scope)] : []
    const [row] = await scope.read((tx) =>
      tx.sql<Record<ConversationView, number>>(text, [toUuid(scope.tenantId), LIMITS.countedConversations + 1, ...own]),
    )
    for (const { view } of counted) counts.set(view, row?.[view] ?? 0)
  }
  const countOf = (view: ConversationView) => {
    const count = counts.get(view) ?? 0
    return { count: Math.min(count, LIMITS.countedConversations), isMore: count > LIMITS.countedConversations }
  }
  return { mine: countOf('mine'), unassigned: countOf('unassigned'), all: countOf('all') }
}

/** Parameters: tenant, where to stop counting, and the assignee when the filter is `assignee`. */
export function countSql(filter: NonNullable<ReturnType<typeof filterOf>>): string {
  const conditions = ['tenant_id = $1::uuid', tabCondition('open'), ...filterCondition(filter, '$3')]
  return `select count(*)::int from (select 1 from conversations where ${conditions.join(' and ')} limit $2::int) counted`
}
