import { canOnConversation } from '#platform/authority.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { loadListItems } from './queries.ts'
import type { ConversationListItem } from './types.ts'

/**
 * One conversation as the list shows it. One that was merged into another answers with that one, under its id.
 * @returns `not_found` outside the actor's reach
 */
export async function getConversation(
  scope: Scope,
  input: { conversationId: Id<'conversation'> },
): Promise<Result<ConversationListItem, 'not_found'>> {
  return scope.read(async (tx) => {
    const [found] = await tx.sql<{ id: string }>(
      'select coalesce(merged_into_id, id) as id from conversations where tenant_id = $1::uuid and id = $2::uuid',
      [toUuid(scope.tenantId), toUuid(input.conversationId)],
    )
    if (!found) return fail('not_found')
    const id = fromUuid('conversation', found.id)
    const item = (await loadListItems(tx, scope.tenantId, [id])).get(id)
    if (!item || !canOnConversation(scope.ability, 'conversations.view', { assigneeId: item.assignee?.id ?? null }))
      return fail('not_found')
    return ok(item)
  })
}
