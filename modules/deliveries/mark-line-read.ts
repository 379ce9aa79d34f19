import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { LineSeen } from './events.ts'

export interface SeenLine {
  tenantId: Id<'tenant'>
  conversationId: Id<'conversation'>
  lineId: Id<'line'>
  /** Of the conversation: by what the event is visible. */
  assigneeId: Id<'member'> | null
}

/**
 * Lets the customer see that their last message was read. Best effort: it travels as an event to whichever sender is free,
 * beside the lanes and never in them, and one that comes late is dropped. Nothing happens when nobody wrote on the line.
 * @returns the event for the caller's `emit`
 */
export function markLineRead(tx: SqlTx, line: SeenLine): Promise<EmittedEvent[]> {
  return seen(tx, line, false)
}

/** Shows the customer that an answer is being typed; providers that know it clear it by themselves after some 25 seconds. */
export function showTyping(tx: SqlTx, line: SeenLine): Promise<EmittedEvent[]> {
  return seen(tx, line, true)
}

async function seen(tx: SqlTx, { tenantId, conversationId, lineId, assigneeId }: SeenLine, typing: boolean): Promise<EmittedEvent[]> {
  const [last] = await tx.sql<{ external_id: string; channel_account_id: string }>(
    `select r.external_id, m.channel_account_id
     from (select tenant_id, id, channel_account_id from messages
           where tenant_id = $1::uuid and conversation_id = $2::uuid and line_id = $3::uuid and direction = 'inbound'
           order by provider_time desc, sequence desc limit 1) m
     join external_refs r on r.tenant_id = m.tenant_id and r.channel_account_id = m.channel_account_id and r.message_id = m.id
     limit 1`,
    [toUuid(tenantId), toUuid(conversationId), toUuid(lineId)],
  )
  if (!last) return []
  const channelAccountId = fromUuid('channelAccount', last.channel_account_id)
  const payload = { conversationId, lineId, channelAccountId, externalId: last.external_id, typing, at: tx.now.toISOString() }
  return [eventOf(LineSeen, tenantId, payload, { reach: { before: { assigneeId }, after: { assigneeId } } })]
}
