import type { Evidence } from '../evidence.ts'
import { Finding } from '../findings.ts'

const without = (child: string, parent: string, column: string, where = 'true') =>
  `select x.* from ${child} x where ${where} and x.${column} is not null
   and not exists (select from ${parent} p where p.tenant_id = x.tenant_id and p.id = x.${column})`

/** No foreign key reaches a partitioned table, so what belongs together is compared here. */
const ORPHANS: readonly (readonly [what: string, sql: string])[] = [
  ['attachment without its message', without('attachments', 'messages', 'message_id')],
  ['delivery without its message', without('deliveries', 'messages', 'message_id')],
  ['attempt without its delivery', without('attempts', 'deliveries', 'delivery_id')],
  ['receipt without its delivery', without('receipts', 'deliveries', 'delivery_id')],
  ['receipt without its attempt', without('receipts', 'attempts', 'attempt_id')],
  ['name of a missing message', without('external_refs', 'messages', 'message_id')],
  ['name of a missing delivery', without('external_refs', 'deliveries', 'delivery_id')],
  ['reaction to a missing message', without('message_reactions', 'messages', 'message_id')],
  ['revision of a missing message', without('message_revisions', 'messages', 'message_id')],
  ['line of a missing account', without('lines', 'channel_accounts', 'channel_account_id')],
  ['conversation that shows a missing message', without('conversations', 'messages', 'last_message_id')],
  [
    'message without a conversation',
    `select m.* from messages m where not exists (select from conversations c where c.tenant_id = m.tenant_id and c.id = m.conversation_id)`,
  ],
  [
    'outbound message without a delivery',
    `select m.* from messages m where m.direction = 'outbound' and m.author_kind = 'member'
     and not exists (select from deliveries d where d.tenant_id = m.tenant_id and d.message_id = m.id)`,
  ],
  [
    'inbound message without a name',
    `select m.* from messages m where m.direction = 'inbound'
     and not exists (select from external_refs r where r.tenant_id = m.tenant_id and r.message_id = m.id)`,
  ],
]

/** Nothing points to what is not there. Each satellite row counts as one check. */
export async function checkOrphans({ witness }: Evidence): Promise<Finding> {
  const finding = new Finding('whole', 'no orphans')
  const tables = ['attachments', 'deliveries', 'attempts', 'receipts', 'external_refs', 'messages', 'conversations']
  for (const table of tables) {
    const [row] = await witness.rows<{ count: number }>(`select count(*)::int as count from ${table}`)
    finding.checks += row?.count ?? 0
  }
  for (const [what, sql] of ORPHANS) {
    const rows = await witness.rows<{ row: unknown }>(`select to_json(o) as row from (${sql} limit 10) o`)
    for (const { row } of rows) finding.violations.push(`${what}: ${JSON.stringify(row).slice(0, 300)}`)
  }
  return finding
}
