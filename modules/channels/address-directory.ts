import type { AccountAddress, ChannelKind } from '#channels/connector.ts'
import type { Clock } from '#platform/clock.ts'
import type { KeyRing } from '#platform/crypto.ts'
import { uuids } from '#platform/db/arrays.ts'
import type { Database } from '#platform/db/database.ts'
import { fromUuid, type Id, isId, toUuid } from '#platform/ids.ts'
import { resolveAddresses } from './resolve-addresses.ts'
import { openOwnApp } from './secrets.ts'
import { type Known, StaleCache } from './stale-cache.ts'
import type { AddressQuery, OwnApp } from './types.ts'

/**
 * What ingress knows of the directory, in memory: whose addresses are connected, and the secrets of tenants' own apps. The
 * database is asked only to refresh it; while that is down, what was known stays known.
 */
export interface AddressDirectory {
  /** Is this address connected to anybody (who may be spoken of on the webhook address the request came by)? */
  isConnected(query: AddressQuery): Promise<'yes' | 'no' | 'unsure'>
  /** The app a channel account's own webhook address belongs to; unknown also for accounts without one. */
  ownApp(channel: ChannelKind, channelAccountId: string): Promise<Known<OwnApp>>
}

const TIMES = { freshMs: 30_000, absentMs: 2_000, backoffMs: 1_000, maxEntries: 100_000 } as const

export function addressDirectory(options: {
  database: Database
  keys: KeyRing
  clock: Clock
  /** Told when the database could not be asked. */
  onError: (error: unknown) => void
}): AddressDirectory {
  const { clock, onError } = options
  const telling =
    <A, R>(load: (argument: A) => Promise<R>) =>
    (argument: A): Promise<R> =>
      load(argument).catch((error: unknown) => {
        onError(error)
        throw error
      })
  const connected = new StaleCache<true>({ ...TIMES, clock, load: telling((keys) => loadConnected(options.database, clock, keys)) })
  const apps = new StaleCache<OwnApp>({ ...TIMES, clock, load: telling((ids) => loadOwnApps(options, ids)) })
  return {
    async isConnected(query) {
      const { kind } = await connected.find(JSON.stringify(query))
      return kind === 'known' ? 'yes' : kind === 'unknown' ? 'no' : 'unsure'
    },
    async ownApp(channel, channelAccountId) {
      if (!isId('channelAccount', channelAccountId)) return { kind: 'unknown' }
      return apps.find(`${channel}/${channelAccountId}`)
    },
  }
}

async function loadConnected(database: Database, clock: Clock, keys: readonly string[]): Promise<Map<string, true>> {
  const queries = keys.map((key) => JSON.parse(key) as { account: AccountAddress; viaAccountId: Id<'channelAccount'> | null })
  const owners = await database.platformTransaction(clock, (tx) => resolveAddresses(tx, queries))
  return new Map(keys.flatMap((key, n) => (owners[n]?.length ? [[key, true as const]] : [])))
}

async function loadOwnApps(
  options: { database: Database; keys: KeyRing; clock: Clock },
  names: readonly string[],
): Promise<Map<string, OwnApp>> {
  const ids = names.map((name) => toUuid(name.slice(name.indexOf('/') + 1)))
  const rows = await options.database.platformTransaction(options.clock, (tx) =>
    tx.sql<{ channel: string; tenant_id: string; channel_account_id: string; webhook_secrets: Uint8Array }>(
      `select a.channel, a.tenant_id, a.channel_account_id, a.webhook_secrets from unnest($1::uuid[]) as w(id)
       join channel_addresses a on a.channel_account_id = w.id where a.webhook_secrets is not null`,
      [uuids(ids)],
      'load_own_apps',
    ),
  )
  return new Map(
    rows.map((row) => {
      const owner = { tenantId: fromUuid('tenant', row.tenant_id), channelAccountId: fromUuid('channelAccount', row.channel_account_id) }
      return [`${row.channel}/${owner.channelAccountId}`, openOwnApp(options.keys, owner, row.webhook_secrets)]
    }),
  )
}
