import { z } from 'zod'
import type { KeyRing } from '#platform/crypto.ts'
import { emit, eventOf } from '#platform/events.ts'
import { idOf, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ChannelAccountChanged } from './events.ts'
import { sealCredentials } from './secrets.ts'

export const ReplaceCredentials = z.object({
  channelAccountId: idOf('channelAccount'),
  credentials: z.record(z.string(), z.unknown()),
})
export type ReplaceCredentials = z.infer<typeof ReplaceCredentials>

/**
 * Reconnects an account with new credentials, after a token expired or was withdrawn: an account in error is active again
 * (`channel_account.changed`, same transaction).
 * @returns `not_found`: no such account in the tenant
 */
export async function replaceCredentials(scope: Scope, keys: KeyRing, input: ReplaceCredentials): Promise<Result<true, 'not_found'>> {
  const { channelAccountId } = input
  return scope.transaction(async (tx) => {
    const place = [toUuid(tx.tenantId), toUuid(channelAccountId)]
    const [account] = await tx.sql<{ version: number }>(
      `update channel_accounts set version = version + 1, circuit = 'closed', circuit_reason = null, circuit_since = null,
         status = case status when 'error' then 'active' else status end,
         status_reason = case status when 'error' then null else status_reason end
       where tenant_id = $1::uuid and id = $2::uuid returning version`,
      place,
    )
    if (!account) return fail('not_found')
    await tx.sql(
      `insert into channel_credentials (tenant_id, channel_account_id, sealed, updated_at) values ($1::uuid, $2::uuid, $3, $4)
       on conflict (tenant_id, channel_account_id) do update set sealed = excluded.sealed, updated_at = excluded.updated_at`,
      [...place, sealCredentials(keys, { tenantId: tx.tenantId, channelAccountId }, input.credentials), tx.now],
    )
    const payload = { channelAccountId, changed: ['credentials', 'status'], version: account.version }
    await emit(tx, [eventOf(ChannelAccountChanged, scope.tenantId, payload)])
    return ok(true)
  })
}
