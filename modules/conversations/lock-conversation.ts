import { type ConversationReach, canOnConversation } from '#platform/authority.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, fromUuidOrNull, type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { loadListItems } from './queries.ts'
import type { ChangedConversation, ConversationStatus } from './types.ts'

/** A conversation whose row is locked until the transaction ends. */
export interface LockedConversation {
  id: Id<'conversation'>
  version: number
  status: ConversationStatus
  contactId: Id<'contact'>
  slot: string
  assigneeId: Id<'member'> | null
  lineId: Id<'line'> | null
  channelAccountId: Id<'channelAccount'> | null
  unreadCount: number
  messageSequence: number
}

export const lockConversationSql = `
  select id, version, status, contact_id, slot, assignee_id, line_id, channel_account_id, unread_count, message_sequence, merged_into_id
  from conversations where tenant_id = $1::uuid and id = $2::uuid for update`

/**
 * Locks the conversation a person wants to change, or the one it was merged into, where its story goes on. Whoever changes it next waits here, so what is checked now holds until
 * the commit, and its events leave in the order of their commits.
 * @returns `not_found` outside the actor's reach (another tenant's looks the same), `not_allowed` when it is visible but the
 *   permission does not cover it
 */
export async function lockConversation(
  tx: SqlTx,
  scope: Scope,
  conversationId: Id<'conversation'>,
  permission: string,
): Promise<Result<LockedConversation, 'not_found' | 'not_allowed'>> {
  const [row] = await tx.sql<ConversationRow>(lockConversationSql, [toUuid(scope.tenantId), toUuid(conversationId)])
  if (!row) return fail('not_found')
  if (row.merged_into_id) return lockConversation(tx, scope, fromUuid('conversation', row.merged_into_id), permission)
  const conversation = lockedOf(row)
  if (!canOnConversation(scope.ability, 'conversations.view', conversation)) return fail('not_found')
  if (!canOnConversation(scope.ability, permission, conversation)) return fail('not_allowed')
  return ok(conversation)
}

/** The row as the actor sees it after their change; null when it left their reach by it. */
export async function changedConversation(tx: SqlTx, scope: Scope, conversationId: Id<'conversation'>): Promise<ChangedConversation> {
  const item = (await loadListItems(tx, scope.tenantId, [conversationId])).get(conversationId)
  const visible = item && canOnConversation(scope.ability, 'conversations.view', { assigneeId: item.assignee?.id ?? null })
  return { row: visible ? item : null }
}

/** How events name who did it: the member's id, or the part of the product. */
export function nameOfActor(scope: Scope): string {
  return scope.actor.kind === 'member' ? scope.actor.memberId : scope.actor.name
}

export function reachOf({ assigneeId }: ConversationReach): ConversationReach {
  return { assigneeId }
}

interface ConversationRow {
  id: string
  version: number
  status: ConversationStatus
  contact_id: string
  slot: string
  assignee_id: string | null
  line_id: string | null
  channel_account_id: string | null
  unread_count: number
  message_sequence: number
  merged_into_id: string | null
}

function lockedOf(row: ConversationRow): LockedConversation {
  return {
    id: fromUuid('conversation', row.id),
    version: row.version,
    status: row.status,
    contactId: fromUuid('contact', row.contact_id),
    slot: row.slot,
    assigneeId: fromUuidOrNull('member', row.assignee_id),
    lineId: fromUuidOrNull('line', row.line_id),
    channelAccountId: fromUuidOrNull('channelAccount', row.channel_account_id),
    unreadCount: row.unread_count,
    messageSequence: row.message_sequence,
  }
}
