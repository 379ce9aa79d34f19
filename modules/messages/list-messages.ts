import type { Page } from '#modules/conversations/index.ts'
import { canOnConversation } from '#platform/authority.ts'
import { decodeCursor, encodeCursor } from '#platform/cursor.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { type ListMessages, MessagePosition } from './inputs.ts'
import { type MessageRow, messageRowsSql, viewsOf } from './load-message-views.ts'
import type { MessageView } from './types.ts'

/**
 * One page of a conversation, newest first, in five queries whatever its length. The conversations that were merged into it are
 * read as part of it, in their place in time.
 * @returns `not_found` outside the actor's reach
 */
export async function listMessages(scope: Scope, input: ListMessages): Promise<Result<Page<MessageView>, 'not_found'>> {
  return scope.read(async (tx) => {
    const halves = await findReadable(tx, scope, input.conversationId)
    if (halves.length === 0) return fail('not_found')
    const limit = input.limit ?? LIMITS.pageSize
    const position = input.cursor === undefined ? [] : decodeCursor(input.cursor, MessagePosition)
    const text = listMessagesSql({ limit: limit + 1, continued: position.length > 0 })
    const name = limit === LIMITS.pageSize ? `list_messages_${position.length > 0 ? 'on' : 'from_top'}` : undefined
    const rows = await tx.sql<MessageRow>(text, [toUuid(scope.tenantId), halves, ...position], name)
    const items = await viewsOf(tx, scope.tenantId, rows.slice(0, limit))
    const last = rows.length > limit ? rows[limit - 1] : undefined
    return ok({ items, nextCursor: last ? encodeCursor([last.provider_time.toISOString(), last.sequence, last.id]) : null })
  })
}

/**
 * Parameters: tenant, the conversation and those merged into it, then the position when it is continued. Each of them is read
 * along its own stretch of the index, so a long story costs no more than a short one. The limit is part of the text, because a
 * prepared statement is planned for it.
 */
export function listMessagesSql({ limit, continued }: { limit: number; continued: boolean }): string {
  const position = continued ? 'and (provider_time, sequence, id) < ($3::timestamptz, $4::int, $5::uuid)' : ''
  return messageRowsSql(`
    select part.* from unnest($2::uuid[]) as half(id)
    cross join lateral (
      select * from messages where tenant_id = $1::uuid and conversation_id = half.id and kind <> 'reaction' ${position}
      order by provider_time desc, sequence desc limit ${limit}
    ) part
    order by part.provider_time desc, part.sequence desc, part.id desc limit ${limit}`)
}

export const findReadableSql = `
  with asked as materialized (
    select coalesce(merged_into_id, id) as root_id from conversations where tenant_id = $1::uuid and id = $2::uuid
  )
  select half.id, root.assignee_id from asked
  join conversations root on root.tenant_id = $1::uuid and root.id = asked.root_id
  join lateral (
    select root.id union all select h.id from conversations h where h.tenant_id = $1::uuid and h.merged_into_id = root.id
  ) half on true`

/** The uuids of the conversation and of those merged into it; none when the actor may not see it. */
async function findReadable(tx: SqlTx, scope: Scope, conversationId: Id<'conversation'>): Promise<string[]> {
  const rows = await tx.sql<{ id: string; assignee_id: string | null }>(
    findReadableSql,
    [toUuid(scope.tenantId), toUuid(conversationId)],
    'find_readable',
  )
  const assigneeId = fromUuidOrNull('member', rows[0]?.assignee_id ?? null)
  return canOnConversation(scope.ability, 'conversations.view', { assigneeId }) ? rows.map((row) => row.id) : []
}
