import type { Connector } from '#channels/connector.ts'
import type { KeyRing } from '#platform/crypto.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { fromUuid, type Id, toUuid } from '#platform/ids.ts'
import type { Logger } from '#platform/log.ts'
import { loadCredentials } from './load-credentials.ts'
import type { AddressOwner } from './types.ts'

/** How an account is called: as whom, and by what right. */
export interface Access {
  address: string
  /** What the connector's schema made of them; null when there are none, or none it can read. */
  credentials: unknown
  /** When they were last replaced, ms; with it a reconnected account is called with its new credentials at once. */
  replacedAtMs: number
}

interface AccessOptions {
  connector: Connector<unknown>
  keys: KeyRing
  log: Logger
}

/**
 * Brings the access of accounts up to date before they are called: one query to see what changed, and the unsealing only for
 * what did.
 * @param known what this process holds already
 */
export async function loadAccess(
  tx: SqlTx,
  owners: readonly AddressOwner[],
  known: (id: Id<'channelAccount'>) => Access | null,
  options: AccessOptions,
): Promise<Map<Id<'channelAccount'>, Access>> {
  if (owners.length === 0) return new Map()
  const rows = await tx.sql<{ tenant_id: string; id: string; address: string; updated_at: Date | null }>(
    `select a.tenant_id, a.id, a.address, c.updated_at
     from unnest($1::uuid[], $2::uuid[]) as w(tenant_id, id)
     join channel_accounts a on a.tenant_id = w.tenant_id and a.id = w.id
     left join channel_credentials c on c.tenant_id = a.tenant_id and c.channel_account_id = a.id`,
    [owners.map((owner) => toUuid(owner.tenantId)), owners.map((owner) => toUuid(owner.channelAccountId))],
    'load_access',
  )
  const found = rows.map((row) => ({
    owner: { tenantId: fromUuid('tenant', row.tenant_id), channelAccountId: fromUuid('channelAccount', row.id) },
    address: row.address,
    replacedAtMs: row.updated_at?.getTime() ?? 0,
  }))
  const stale = found.filter(({ owner, replacedAtMs }) => known(owner.channelAccountId)?.replacedAtMs !== replacedAtMs)
  const opened = await openCredentials(
    tx,
    stale.map(({ owner }) => owner),
    options,
  )
  return new Map(
    found.map(({ owner: { channelAccountId: id }, address, replacedAtMs }) => {
      const credentials = opened.has(id) ? opened.get(id) : (known(id)?.credentials ?? null)
      return [id, { address, replacedAtMs, credentials }]
    }),
  )
}

/** One account whose credentials can't be opened must not stop the others. */
async function openCredentials(
  tx: SqlTx,
  owners: readonly AddressOwner[],
  options: AccessOptions,
): Promise<Map<Id<'channelAccount'>, unknown>> {
  const opened = new Map<Id<'channelAccount'>, unknown>()
  if (owners.length === 0) return opened
  try {
    const raw = await loadCredentials(tx, options.keys, owners)
    for (const { channelAccountId } of owners) {
      const parsed = options.connector.credentials.safeParse(raw.get(channelAccountId))
      opened.set(channelAccountId, parsed.success ? parsed.data : null)
    }
  } catch (error) {
    const [only] = owners
    if (owners.length > 1)
      for (const owner of owners) for (const [id, one] of await openCredentials(tx, [owner], options)) opened.set(id, one)
    else if (only && error instanceof Error && error.name === 'SealBroken') {
      options.log.error({ channelAccountId: only.channelAccountId, error }, 'credentials can not be opened')
      opened.set(only.channelAccountId, null)
    } else throw error
  }
  return opened
}
