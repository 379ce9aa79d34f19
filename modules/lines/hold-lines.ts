import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, toUuid } from '#platform/ids.ts'

export interface HeldLine {
  tenantId: Id<'tenant'>
  lineId: Id<'line'>
  /** Nothing is sent on the line before then; a longer hold that stands already stays. */
  until: Date
  /** Class of the error that asks for patience. */
  reason: string
}

/** Locks lines in the order of their ids and holds them, so that nothing overtakes a message that is about to be tried again. */
export async function holdLines(tx: SqlTx, held: readonly HeldLine[]): Promise<void> {
  if (held.length === 0) return
  await tx.sql(
    `with longest as (
       select distinct on (tenant_id, id) * from unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::text[]) as h(tenant_id, id, until, reason)
       order by tenant_id, id, until desc
     ), locked as (
       select l.tenant_id, l.id, h.until, h.reason from longest h
       join lines l on l.tenant_id = h.tenant_id and l.id = h.id order by l.id for no key update of l
     )
     update lines l set held_until = k.until, hold_reason = k.reason from locked k
     where l.tenant_id = k.tenant_id and l.id = k.id and (l.held_until is null or l.held_until < k.until)`,
    [
      held.map((line) => toUuid(line.tenantId)),
      held.map((line) => toUuid(line.lineId)),
      held.map((line) => line.until),
      held.map((line) => line.reason),
    ],
    'hold_lines',
  )
}
