import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, toUuid } from '#platform/ids.ts'
import { ChannelAccountChanged } from './events.ts'
import type { AddressOwner } from './types.ts'

export const CIRCUIT_STATES = ['closed', 'open', 'half_open'] as const
export type CircuitState = (typeof CIRCUIT_STATES)[number]

/** What the sender found out about an account by using it. */
export interface HealthReport extends AddressOwner {
  /** Set when the circuit breaker changed; `reason` is what people are shown. */
  circuit?: { state: CircuitState; reason: string | null }
  /** Set when only a person can mend it: expired token, missing permission, policy, billing. */
  stopped?: { reason: string }
}

/**
 * Writes down what sending found out about accounts. A stopped account sends nothing until a person reconnects it; one that a
 * person switched off stays switched off. Repeating a report changes nothing.
 * @returns one `channel_account.changed` for each account that changed
 */
export async function reportHealth(tx: SqlTx, reports: readonly HealthReport[]): Promise<EmittedEvent[]> {
  if (reports.length === 0) return []
  const rows = await tx.sql<{ tenant_id: string; id: string; version: number; stopped: boolean }>(
    `with report as (
       select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as r(tenant_id, id, circuit, circuit_reason, stop_reason)
     ), locked as (
       select r.* from report r join channel_accounts c on c.tenant_id = r.tenant_id and c.id = r.id order by c.tenant_id, c.id for no key update of c
     )
     update channel_accounts c set version = c.version + 1,
       circuit = coalesce(l.circuit, c.circuit),
       circuit_reason = case when l.circuit is null then c.circuit_reason else l.circuit_reason end,
       circuit_since = case when coalesce(l.circuit, c.circuit) = c.circuit then c.circuit_since else $6::timestamptz end,
       status = case when l.stop_reason is not null and c.status = 'active' then 'error' else c.status end,
       status_reason = case when l.stop_reason is not null and c.status = 'active' then l.stop_reason else c.status_reason end
     from locked l where c.tenant_id = l.tenant_id and c.id = l.id
       and (coalesce(l.circuit, c.circuit) <> c.circuit or (l.stop_reason is not null and c.status = 'active'))
     returning c.tenant_id, c.id, c.version, l.stop_reason is not null as stopped`,
    [
      reports.map((report) => toUuid(report.tenantId)),
      reports.map((report) => toUuid(report.channelAccountId)),
      reports.map((report) => report.circuit?.state ?? null),
      reports.map((report) => report.circuit?.reason ?? null),
      reports.map((report) => report.stopped?.reason ?? null),
      tx.now,
    ],
    'report_health',
  )
  return rows.map((row) =>
    eventOf(ChannelAccountChanged, fromUuid('tenant', row.tenant_id), {
      channelAccountId: fromUuid('channelAccount', row.id),
      changed: row.stopped ? ['circuit', 'status'] : ['circuit'],
      version: row.version,
    }),
  )
}
