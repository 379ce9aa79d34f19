import type { Tx } from '#platform/db/database.ts'
import { sqlState } from '#platform/db/sql.ts'
import { emit, eventOf } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ConversationReopened } from './events.ts'
import { changedConversation, type LockedConversation, lockConversation, nameOfActor, reachOf } from './lock-conversation.ts'
import type { ChangedConversation } from './types.ts'

type Reopened = Result<ChangedConversation, 'not_found' | 'not_allowed' | 'another_conversation_open'>

/**
 * Brings a resolved conversation back. Reopening an open one changes nothing.
 * @returns `not_found`, `not_allowed`, or `another_conversation_open` with that one's id: a person has one open conversation
 *   per slot (I7), so go on in that one
 */
export async function reopenConversation(scope: Scope, input: { conversationId: Id<'conversation'> }): Promise<Reopened> {
  try {
    return await scope.transaction((tx) => reopen(tx, scope, input.conversationId))
  } catch (error) {
    // A customer's message opened one at the same moment and was first at the unique index.
    if (sqlState(error) === '23505') return fail('another_conversation_open')
    throw error
  }
}

async function reopen(tx: Tx, scope: Scope, conversationId: Id<'conversation'>): Promise<Reopened> {
  const contactId = await lockContact(tx, scope, conversationId)
  const locked = await lockConversation(tx, scope, conversationId, 'conversations.reopen')
  if (!locked.ok) return locked
  const { id, status } = locked.value
  if (status !== 'resolved') return ok(await changedConversation(tx, scope, id))
  const another = await findAnotherOpen(tx, scope, locked.value)
  if (another) return fail('another_conversation_open', { conversationId: another })

  const { version } = await tx.prisma.conversation.update({
    where: { tenantId_id: { tenantId: toUuid(scope.tenantId), id: toUuid(id) } },
    // An open conversation stands under the merge root, where the unique index lets no second one open.
    data: { status: 'open', resolvedAt: null, contactId, version: { increment: 1 } },
  })
  const changed = await changedConversation(tx, scope, id)
  const reach = reachOf(locked.value)
  const payload = { conversationId: id, by: nameOfActor(scope), version }
  await emit(tx, [eventOf(ConversationReopened, scope.tenantId, payload, { reach: { before: reach, after: reach } })])
  return ok(changed)
}

/** The contact's merge root comes before the conversation in the lock order; intake opens conversations under the same lock. */
async function lockContact(tx: Tx, scope: Scope, conversationId: Id<'conversation'>): Promise<string | undefined> {
  const [root] = await tx.sql<{ id: string }>(
    `with recursive up as (
       select k.id, k.merged_into_id from conversations c
       join contacts k on k.tenant_id = c.tenant_id and k.id = c.contact_id
       where c.tenant_id = $1::uuid and c.id = $2::uuid
       union all
       select k.id, k.merged_into_id from up join contacts k on k.tenant_id = $1::uuid and k.id = up.merged_into_id
     )
     select id from contacts
     where tenant_id = $1::uuid and id = (select up.id from up where up.merged_into_id is null) for no key update`,
    [toUuid(scope.tenantId), toUuid(conversationId)],
  )
  return root?.id
}

/** The open conversation of the same slot that this person has, under whichever of their merged contacts. */
async function findAnotherOpen(tx: Tx, scope: Scope, conversation: LockedConversation): Promise<Id<'conversation'> | null> {
  const [found] = await tx.sql<{ id: string }>(
    `with recursive up as (
       select id, merged_into_id from contacts where tenant_id = $1::uuid and id = $2::uuid
       union all
       select k.id, k.merged_into_id from up join contacts k on k.tenant_id = $1::uuid and k.id = up.merged_into_id
     ), person as (
       select id from up where merged_into_id is null
       union all
       select k.id from person join contacts k on k.tenant_id = $1::uuid and k.merged_into_id = person.id
     )
     select c.id from conversations c join person on person.id = c.contact_id
     where c.tenant_id = $1::uuid and c.slot = $3 and c.status <> 'resolved' and c.id <> $4::uuid limit 1`,
    [toUuid(scope.tenantId), toUuid(conversation.contactId), conversation.slot, toUuid(conversation.id)],
  )
  return found ? fromUuid('conversation', found.id) : null
}
