import { lockConversations, showRevised } from '#modules/conversations/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'
import { MessageChanged } from './events.ts'
import { previewOf } from './preview.ts'
import { findWaiting, linkWaiting, type Revised, reviseMessages, storeReactions, storeRevisions } from './receive-change-rows.ts'
import { findByRefs, type KnownMessage, lockTargets, refKey } from './receive-refs.ts'
import type { ArrivedReaction, ArrivedRevision, MessageRef } from './receive-types.ts'

/**
 * Applies reactions, edits and withdrawals, whichever side made them, and those that waited for a message which has arrived only
 * now. What a message shows is computed from all its changes, so they may come twice, in any order, and before their target.
 *
 * One query when nothing changed, at most nine however many changes.
 * @param arrived names that became known in this transaction: changes may have waited for them
 */
export async function changeMessages(
  tx: SqlTx,
  changes: { reactions: readonly ArrivedReaction[]; revisions: readonly ArrivedRevision[] },
  arrived: readonly MessageRef[],
): Promise<EmittedEvent[]> {
  const waiting = await findWaiting(tx, arrived)
  const targets = [...[...changes.reactions, ...changes.revisions].map(targetOf), ...waiting]
  if (targets.length === 0) return []
  await lockTargets(tx, targets)
  const known = await findByRefs(tx, targets)
  const tenantOf = new Map(targets.map((target) => [refKey(target), target.tenantId]))
  const places = [...known].flatMap(([key, message]) => {
    const tenantId = tenantOf.get(key)
    return tenantId ? [{ tenantId, ...message }] : []
  })
  const conversations = await lockConversations(
    tx,
    places.map(({ tenantId, conversationId }) => ({ tenantId, id: conversationId })),
  )
  const touched = new Map<Id<'message'>, Set<string>>()
  const touch = (ids: readonly Id<'message'>[], change: string) => {
    for (const id of ids) touched.set(id, (touched.get(id) ?? new Set()).add(change))
  }
  touch(await storeReactions(tx, changes.reactions, known), 'reactions')
  touch(await storeRevisions(tx, changes.revisions, known), 'text')
  touch(await linkWaiting(tx, waiting, known), 'text')
  const assigneeOf = new Map(conversations.map(({ id, assigneeId }) => [id, assigneeId]))
  return publishChanges(
    tx,
    places.filter(({ messageId }) => touched.has(messageId)),
    touched,
    assigneeOf,
  )
}

type Place = KnownMessage & Pick<MessageRef, 'tenantId'>

async function publishChanges(
  tx: SqlTx,
  places: readonly Place[],
  touched: ReadonlyMap<Id<'message'>, ReadonlySet<string>>,
  assigneeOf: ReadonlyMap<Id<'conversation'>, Id<'member'> | null>,
): Promise<EmittedEvent[]> {
  const distinct = [...new Map(places.map((place) => [place.messageId, place])).values()]
  const revised = await reviseMessages(tx, distinct)
  const revisions = distinct.flatMap((place) => {
    const now = revised.get(place.messageId)
    return now && touched.get(place.messageId)?.has('text') ? [{ ...place, ...shownAs(now) }] : []
  })
  await showRevised(tx, revisions)
  return distinct.flatMap(({ tenantId, conversationId, messageId }) => {
    const now = revised.get(messageId)
    if (!now) return []
    const after = { assigneeId: assigneeOf.get(conversationId) ?? null }
    const payload = { conversationId, messageId, changed: [...(touched.get(messageId) ?? [])], version: now.version }
    return eventOf(MessageChanged, tenantId, payload, { reach: { before: after, after } })
  })
}

/** Nothing of what a withdrawn message said is shown any more, in the list as little as in the thread. */
function shownAs({ body, isRevoked }: Revised): { preview: string; kind: string | null } {
  return isRevoked ? { preview: '', kind: 'revoked' } : { preview: previewOf(body), kind: null }
}

function targetOf({ tenantId, channelAccountId, targetExternalId }: ArrivedReaction | ArrivedRevision): MessageRef {
  return { tenantId, channelAccountId, externalId: targetExternalId }
}
