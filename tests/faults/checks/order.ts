import { type Evidence, shownId } from '../evidence.ts'
import { Finding } from '../findings.ts'

interface ConversationRow {
  id: string
  message_sequence: number
  last_message_id: string | null
  last_message_at: Date
  last_inbound_at: Date | null
  is_merge_root: boolean
  messages: number
  least: number
  most: number
  different: number
  newest_id: string
  newest_at: Date
  newest_inbound_at: Date | null
}

/** Sequences are dense, and a conversation shows the maximum by (provider time, sequence), whatever came when. */
export async function checkOrder({ witness }: Evidence): Promise<Finding> {
  const finding = new Finding('I3', 'order by provider time')
  const rows = await witness.rows<ConversationRow>(`
    with of_root as (
      select m.*, coalesce(c.merged_into_id, c.id) as root_id
      from messages m join conversations c on c.tenant_id = m.tenant_id and c.id = m.conversation_id
      where m.kind <> 'reaction'
    ), newest as (
      select distinct on (root_id) root_id, id, provider_time from of_root order by root_id, provider_time desc, sequence desc
    ), inbound as (
      select root_id, max(provider_time) as at from of_root where direction = 'inbound' group by root_id
    ), own as (
      select conversation_id, count(*)::int as messages, min(sequence) as least, max(sequence) as most, count(distinct sequence)::int as different
      from of_root group by conversation_id
    )
    select c.id, c.message_sequence, c.last_message_id, c.last_message_at, c.last_inbound_at,
      exists (select from conversations o where o.tenant_id = c.tenant_id and o.merged_into_id = c.id) as is_merge_root,
      own.messages, own.least, own.most, own.different, newest.id as newest_id, newest.provider_time as newest_at, inbound.at as newest_inbound_at
    from conversations c
    join own on own.conversation_id = c.id
    left join newest on newest.root_id = c.id
    left join inbound on inbound.root_id = c.id`)
  for (const row of rows) {
    const id = shownId('cnv', row.id)
    // A root goes on above the sequences of both, so there it may skip some, and still repeats none.
    const isDense = row.least === 1 && row.different === row.messages && row.message_sequence === row.most
    const isWhole = row.is_merge_root || row.most === row.messages
    finding.check(
      isDense && isWhole,
      () =>
        `${id} has ${row.messages} messages with ${row.different} sequences from ${row.least} to ${row.most} and counts ${row.message_sequence}`,
    )
    // What was merged into another shows nothing any more; its root shows the newest of both.
    if (!row.newest_id) continue
    const isNewest = row.is_merge_root || row.last_message_id === row.newest_id
    finding.check(
      isNewest && row.last_message_at.getTime() === row.newest_at.getTime(),
      () =>
        `${id} shows ${row.last_message_id} of ${row.last_message_at.toISOString()}, the newest is ${row.newest_id} of ${row.newest_at.toISOString()}`,
    )
    finding.check(
      row.last_inbound_at?.getTime() === row.newest_inbound_at?.getTime(),
      () =>
        `${id} says the customer wrote last at ${row.last_inbound_at?.toISOString()}, and it was ${row.newest_inbound_at?.toISOString()}`,
    )
  }
  return finding
}
