import { z } from 'zod'
import type { AccountChanged } from '#channels/connector.ts'
import { jsons, texts, uuids } from '#platform/db/arrays.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type EmittedEvent, eventOf } from '#platform/events.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import { ChannelAccountChanged } from './events.ts'

/** The latest word of the provider on one field of an account (quality, limits, name, ban …). */
const ProviderNews = z.object({ severity: z.enum(['info', 'warning', 'critical']), summary: z.string(), at: z.string(), data: z.unknown() })
type ProviderNews = z.infer<typeof ProviderNews>
const Settings = z.object({ provider: z.record(z.string(), ProviderNews).default({}) }).loose()
type Settings = z.infer<typeof Settings>

export interface AccountNews {
  tenantId: Id<'tenant'>
  channelAccountId: Id<'channelAccount'>
  event: AccountChanged
  at: Date
}

interface AccountRow {
  tenant_id: string
  id: string
  status: string
  status_reason: string | null
  settings: unknown
  version: number
}

/**
 * Applies what the provider says about accounts: the newest word on each field wins, whatever the order of arrival, and the
 * worst of them is the account's state. A ban that a later word on the same field lifts is lifted here as well; what a person
 * switched off stays off.
 * @returns one `channel_account.changed` for each account that changed
 */
export async function applyAccountChanges(tx: SqlTx, news: readonly AccountNews[]): Promise<EmittedEvent[]> {
  if (news.length === 0) return []
  const accounts = await lockAccounts(tx, news)
  const changed = accounts.flatMap((account) => {
    const fresh = news.filter((item) => toUuid(item.channelAccountId) === account.id)
    const next = withNews(account, fresh)
    return next ? [next] : []
  })
  if (changed.length === 0) return []
  await tx.sql(
    `update channel_accounts c set settings = n.settings::jsonb, status = n.status, status_reason = n.status_reason, version = c.version + 1
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[]) as n(tenant_id, id, settings, status, status_reason)
     where c.tenant_id = n.tenant_id and c.id = n.id`,
    [
      uuids(changed.map((account) => account.tenant_id)),
      uuids(changed.map((account) => account.id)),
      jsons(changed.map((account) => account.settings)),
      texts(changed.map((account) => account.status)),
      texts(changed.map((account) => account.status_reason)),
    ],
    'apply_account_changes',
  )
  return changed.map((account) =>
    eventOf(ChannelAccountChanged, fromUuid('tenant', account.tenant_id), {
      channelAccountId: fromUuid('channelAccount', account.id),
      changed: ['provider', 'status'],
      version: account.version + 1,
    }),
  )
}

function lockAccounts(tx: SqlTx, news: readonly AccountNews[]): Promise<AccountRow[]> {
  return tx.sql<AccountRow>(
    `select c.tenant_id, c.id, c.status, c.status_reason, c.settings, c.version
     from (select distinct tenant_id, id from unnest($1::uuid[], $2::uuid[]) as n(tenant_id, id)) as n
     join channel_accounts c on c.tenant_id = n.tenant_id and c.id = n.id
     order by c.tenant_id, c.id for no key update of c`,
    [uuids(news.map((item) => item.tenantId)), uuids(news.map((item) => item.channelAccountId))],
    'lock_channel_accounts',
  )
}

function withNews(account: AccountRow, news: readonly AccountNews[]): (AccountRow & { settings: Settings }) | null {
  const settings = Settings.parse(account.settings ?? {})
  const before = worstOf(settings)
  let isNew = false
  for (const { event, at } of news) {
    const known = settings.provider[event.field]
    if (known && known.at > at.toISOString()) continue
    settings.provider[event.field] = { severity: event.severity, summary: event.summary, at: at.toISOString(), data: event.data ?? null }
    isNew = true
  }
  return isNew ? { ...account, settings, ...stateOf(account, before, worstOf(settings)) } : null
}

/** Only what the provider's words did is undone by them: a token that the sender found expired stays an error. */
function stateOf(
  account: AccountRow,
  before: ProviderNews | null,
  after: ProviderNews | null,
): { status: string; status_reason: string | null } {
  if (account.status === 'disabled') return { status: 'disabled', status_reason: account.status_reason }
  if (after?.severity === 'critical') return { status: 'error', status_reason: after.summary }
  if (account.status === 'error' && before?.severity !== 'critical') return { status: 'error', status_reason: account.status_reason }
  return { status: 'active', status_reason: after?.summary ?? null }
}

/** The worst word that still stands, the newest of equals; null when nothing is wrong. */
function worstOf(settings: Settings): ProviderNews | null {
  const rank = { info: 0, warning: 1, critical: 2 }
  const standing = Object.values(settings.provider).filter((news) => news.severity !== 'info')
  standing.sort((a, b) => rank[b.severity] - rank[a.severity] || (a.at < b.at ? 1 : -1))
  return standing[0] ?? null
}
