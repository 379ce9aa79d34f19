import { texts, times, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { Id } from '#platform/ids.ts'

export interface PreferenceWord {
  tenantId: Id<'tenant'>
  contactId: Id<'contact'>
  channel: string
  category: string
  value: string
  /** Whose word it is: `provider` or `contact`. */
  source: string
  at: Date
}

/** Records what contacts accept (I9); the newest word on each category wins, whatever the order of arrival. */
export async function recordPreferences(tx: SqlTx, words: readonly PreferenceWord[]): Promise<void> {
  if (words.length === 0) return
  await tx.sql(
    `insert into contact_preferences (tenant_id, contact_id, channel, category, value, source, changed_at)
     select distinct on (t, c, h, g) t, c, h, g, v, s, a
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[]) as u(t, c, h, g, v, s, a)
     order by t, c, h, g, a desc, v desc
     on conflict (tenant_id, contact_id, channel, category) do update
       set value = excluded.value, source = excluded.source, changed_at = excluded.changed_at
       where (excluded.changed_at, excluded.value) > (contact_preferences.changed_at, contact_preferences.value)`,
    [
      uuids(words.map((word) => word.tenantId)),
      uuids(words.map((word) => word.contactId)),
      texts(words.map((word) => word.channel)),
      texts(words.map((word) => word.category)),
      texts(words.map((word) => word.value)),
      texts(words.map((word) => word.source)),
      times(words.map((word) => word.at)),
    ],
    'record_preferences',
  )
}
