import type { ProviderTemplate } from '#channels/connector.ts'
import { TemplatesChanged } from '#modules/channels/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'

/**
 * Makes the stored templates of a channel account equal to what the provider lists. Those no longer listed are kept as
 * `DELETED`, because messages were sent with them; unchanged ones keep their version.
 * @param listed the provider's whole list (`connector.extras.listTemplates`), read at `tx.now`
 * @returns the events it caused, for the caller to emit last
 */
export async function syncTemplates(
  tx: SqlTx,
  account: { tenantId: Id<'tenant'>; channelAccountId: Id<'channelAccount'> },
  listed: readonly ProviderTemplate[],
): Promise<EmittedEvent[]> {
  const { tenantId, channelAccountId } = account
  const place = [toUuid(tenantId), toUuid(channelAccountId)]
  const rows = [...new Map(listed.map((template) => [`${template.name}/${template.language}`, template])).values()].map(rowOf)
  const changed = await tx.sql<{ id: string }>(SYNC, [...place, JSON.stringify(rows), tx.now])
  const removed = await tx.sql<{ id: string }>(REMOVE, [...place, tx.now])
  const templateIds = [...changed, ...removed].map((row) => fromUuid('template', row.id))
  return templateIds.length === 0 ? [] : [eventOf(TemplatesChanged, tenantId, { channelAccountId, templateIds })]
}

function rowOf(template: ProviderTemplate) {
  const { externalId, name, language, category, status, quality, reason, parameterFormat, components } = template
  return {
    id: toUuid(newId('template')),
    external_id: externalId,
    name,
    language,
    category,
    status,
    quality: quality ?? null,
    reason: reason ?? null,
    parameter_format: parameterFormat,
    components,
  }
}

/** Every listed template is marked as read now; only those that differ come back and get a new version. */
const SYNC = `
  with listed as (
    select * from jsonb_to_recordset($3::text::jsonb)
      as t(id uuid, external_id text, name text, language text, category text, status text, quality text, reason text,
        parameter_format text, components jsonb)
  ), written as (
    insert into templates as t (tenant_id, id, channel_account_id, external_id, name, language, category, status, quality, reason, parameter_format, components, synced_at)
    select $1::uuid, id, $2::uuid, external_id, name, language, category, status, quality, reason, parameter_format, components, $4::timestamptz from listed
    on conflict (tenant_id, channel_account_id, name, language) do update
      set external_id = excluded.external_id, category = excluded.category, status = excluded.status, quality = excluded.quality,
        reason = excluded.reason, parameter_format = excluded.parameter_format, components = excluded.components, synced_at = excluded.synced_at,
        version = t.version + case when (t.external_id, t.category, t.status, t.quality, t.reason, t.parameter_format, t.components) is distinct from
          (excluded.external_id, excluded.category, excluded.status, excluded.quality, excluded.reason, excluded.parameter_format, excluded.components)
          then 1 else 0 end
    returning t.id, t.version
  )
  select w.id from written w
  left join templates before on before.tenant_id = $1::uuid and before.id = w.id
  where before.version is distinct from w.version`

const REMOVE = `
  update templates set status = 'DELETED', synced_at = $3::timestamptz, version = version + 1
  where tenant_id = $1::uuid and channel_account_id = $2::uuid and synced_at < $3::timestamptz and status <> 'DELETED'
  returning id`
