import type { SqlTx } from '../db/sql.ts'
import { type Id, toUuid } from '../ids.ts'
import { type EntryRow, entryColumns, entryOf, type LogEntry } from './entry.ts'

/** What follows a place in one tenant's log. `gone` = that place is no longer (or never was) in the log: start afresh. */
export type LogPage = { kind: 'entries'; entries: LogEntry[]; head: number } | { kind: 'gone'; head: number }

/** The sequence of the tenant's newest event; 0 before the first. A screen reads it before its data, so nothing falls between. */
export async function readHead(tx: SqlTx, tenantId: Id<'tenant'>): Promise<number> {
  const rows = await tx.sql<{ sequence: number }>(
    'select sequence from bus.log_heads where tenant_id = $1::uuid',
    [toUuid(tenantId)],
    'log_head',
  )
  return rows[0]?.sequence ?? 0
}

/**
 * Reads one tenant's events after a sequence, oldest first. Since sequences are dense, a first event other than the next one,
 * or none below the head, can only mean that retention has passed by.
 * @param after the last sequence already seen; 0 = from the very first
 */
export async function readLog(tx: SqlTx, tenantId: Id<'tenant'>, after: number, limit: number): Promise<LogPage> {
  const rows = await tx.sql<(EntryRow | { sequence: null }) & { head: number }>(
    `select coalesce((select h.sequence from bus.log_heads h where h.tenant_id = $1::uuid), 0) as head, l.*
     from (select 1) one left join lateral (
       select ${entryColumns} from bus.log where tenant_id = $1::uuid and sequence > $2 order by sequence limit $3) l on true
     order by l.sequence`,
    [toUuid(tenantId), after, limit],
    'log_read',
  )
  const head = rows[0]?.head ?? 0
  const entries = rows.flatMap((row) => (row.sequence === null ? [] : [entryOf(row)]))
  const next = entries[0]?.sequence ?? head + 1
  return next === after + 1 ? { kind: 'entries', entries, head } : { kind: 'gone', head }
}
