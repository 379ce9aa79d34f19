import type { TemplateChanged } from '#channels/connector.ts'
import { texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, type Id } from '#platform/ids.ts'
import { TemplatesChanged } from './events.ts'

export interface TemplateNews {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  event: TemplateChanged
  at: Date
}

/**
 * Applies the provider's word on templates we already know: approved, rejected, paused, another category or quality. Words older
 * than the last synchronisation are left out, because that read the provider's own list. A template we have not seen yet comes
 * with the next synchronisation.
 * @returns one `templates.changed` for each account with a changed template
 */
export async function applyTemplateChanges(tx: SqlTx, news: readonly TemplateNews[]): Promise<EmittedEvent[]> {
  if (news.length === 0) return []
  const inOrder = [...news].sort((a, b) => a.at.getTime() - b.at.getTime())
  const changed = await tx.sql<{ tenant_id: string; channel_account_id: string; id: string }>(
    applySql,
    [
      uuids(inOrder.map((item) => item.tenantId)),
      uuids(inOrder.map((item) => item.channelAccountId)),
      texts(inOrder.map((item) => item.event.templateExternalId)),
      texts(inOrder.map((item) => item.event.status ?? null)),
      texts(inOrder.map((item) => item.event.category ?? null)),
      texts(inOrder.map((item) => item.event.quality ?? null)),
      texts(inOrder.map((item) => item.event.reason ?? null)),
      times(inOrder.map((item) => item.at)),
    ],
    'apply_template_changes',
  )
  const accounts = [...new Map(changed.map((row) => [row.channel_account_id, row.tenant_id]))]
  return accounts.map(([account, tenant]) =>
    eventOf(TemplatesChanged, fromUuid('tenant', tenant), {
      channelAccountId: fromUuid('channelAccount', account),
      templateIds: changed.filter((row) => row.channel_account_id === account).map((row) => fromUuid('template', row.id)),
    }),
  )
}

/** Several words on one template in a batch become one row: for each column the last that says anything. */
const applySql = `
  with news as (
    select tenant_id, channel_account_id, external_id,
      (array_agg(status order by n desc) filter (where status is not null))[1] as status,
      (array_agg(category order by n desc) filter (where category is not null))[1] as category,
      (array_agg(quality order by n desc) filter (where quality is not null))[1] as quality,
      (array_agg(reason order by n desc) filter (where status is not null))[1] as reason,
      bool_or(status is not null) as has_status,
      max(at) as at
    from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) with ordinality
      as n(tenant_id, channel_account_id, external_id, status, category, quality, reason, at, n)
    group by tenant_id, channel_account_id, external_id
  )
  update templates t set status = coalesce(n.status, t.status), category = coalesce(n.category, t.category),
    quality = coalesce(n.quality, t.quality), reason = case when n.has_status then n.reason else t.reason end,
    synced_at = n.at, version = t.version + 1
  from news n
  where t.tenant_id = n.tenant_id and t.channel_account_id = n.channel_account_id and t.external_id = n.external_id and t.synced_at <= n.at
  returning t.tenant_id, t.channel_account_id, t.id`
