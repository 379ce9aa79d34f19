import { conversationReach } from '#platform/authority.ts'
import { decodeCursor, encodeCursor } from '#platform/cursor.ts'
import { toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Scope } from '#platform/scope.ts'
import { type ListConversations, ListPosition } from './inputs.ts'
import { type ListItemRow, listItemOf, listItemsSql } from './queries.ts'
import type { ConversationListItem, ConversationView, ListStatus, Page } from './types.ts'

/** Whose conversations a list holds: a view of it, cut down to the actor's reach. */
export type ListFilter = 'all' | 'unassigned' | 'assignee'

/**
 * One page of the inbox, newest first, within the actor's reach: one query whatever the page's length. It reads as many index
 * entries as the page has rows; at 1,000,000 conversations it costs what it costs at 10,000 (bench/RESULTS.md).
 */
export async function listConversations(scope: Scope, input: ListConversations): Promise<Page<ConversationListItem>> {
  const filter = filterOf(scope, input.view)
  if (filter === null) return { items: [], nextCursor: null }
  const limit = input.limit ?? LIMITS.pageSize
  const position = input.cursor === undefined ? null : decodeCursor(input.cursor, ListPosition)
  const values: unknown[] = [toUuid(scope.tenantId)]
  if (filter === 'assignee') values.push(memberUuid(scope))
  if (position) values.push(...position)
  const continued = position !== null
  const text = listConversationsSql({ status: input.status, filter, continued, limit: limit + 1 })
  const name = limit === LIMITS.pageSize ? `list_${input.status}_${filter}_${continued ? 'on' : 'from_top'}` : undefined
  const rows = await scope.read((tx) => tx.sql<ListItemRow>(text, values, name))
  const items = rows.slice(0, limit)
  const last = rows.length > limit ? items.at(-1) : undefined
  return { items: items.map(listItemOf), nextCursor: last ? encodeCursor([last.last_message_at.toISOString(), last.id]) : null }
}

/**
 * Parameters: tenant, then the assignee when the filter is `assignee`, then the position when it is continued. The text decides
 * which partial index serves it, so nothing about tab, filter or limit is a parameter: a prepared statement is planned for them.
 */
export function listConversationsSql(options: { status: ListStatus; filter: ListFilter; continued: boolean; limit: number }): string {
  const conditions = ['tenant_id = $1::uuid', tabCondition(options.status), ...filterCondition(options.filter, '$2')]
  const at = options.filter === 'assignee' ? 3 : 2
  if (options.continued) conditions.push(`(last_message_at, id) < ($${at}::timestamptz, $${at + 1}::uuid)`)
  return listItemsSql(
    `select * from conversations where ${conditions.join(' and ')} order by last_message_at desc, id desc limit ${options.limit}`,
  )
}

/** Word for word the predicates of the partial indexes `conversations_open…` and `conversations_resolved…`. */
export function tabCondition(status: ListStatus): string {
  return status === 'open' ? `status <> 'resolved'` : `status = 'resolved' and merged_into_id is null`
}

export function filterCondition(filter: ListFilter, assignee: string): string[] {
  if (filter === 'all') return []
  return [filter === 'unassigned' ? 'assignee_id is null' : `assignee_id = ${assignee}::uuid`]
}

/** @returns null when the view holds nothing the actor may see, so that no query is needed to know it */
export function filterOf(scope: Scope, view: ConversationView): ListFilter | null {
  const reach = conversationReach(scope.ability, 'conversations.view')
  if (reach === 'none') return null
  if (view === 'mine') return scope.actor.kind === 'member' ? 'assignee' : null
  if (reach === 'all') return view
  return view === 'all' ? 'assignee' : null
}

export function memberUuid(scope: Scope): string {
  if (scope.actor.kind !== 'member') throw new Error('only a member has conversations of their own')
  return toUuid(scope.actor.memberId)
}
