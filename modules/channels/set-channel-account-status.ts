import { z } from 'zod'
import { emit, eventOf } from '#platform/events.ts'
import { idOf, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import { ChannelAccountChanged } from './events.ts'

export const SetChannelAccountStatus = z.object({
  channelAccountId: idOf('channelAccount'),
  status: z.enum(['active', 'disabled']),
})
export type SetChannelAccountStatus = z.infer<typeof SetChannelAccountStatus>

/**
 * Switches a channel account off or on again. A disabled account sends nothing; what customers write is still received,
 * because nobody can ask them to write it again (`channel_account.changed`, same transaction).
 * @returns `not_found`: no such account in the tenant
 */
export async function setChannelAccountStatus(scope: Scope, input: SetChannelAccountStatus): Promise<Result<true, 'not_found'>> {
  return scope.transaction(async (tx) => {
    const [account] = await tx.sql<{ version: number }>(
      `update channel_accounts set status = $3, status_reason = null, version = version + 1
       where tenant_id = $1::uuid and id = $2::uuid returning version`,
      [toUuid(tx.tenantId), toUuid(input.channelAccountId), input.status],
    )
    if (!account) return fail('not_found')
    await tx.sql('update channel_addresses set status = $2, updated_at = $3 where channel_account_id = $1::uuid', [
      toUuid(input.channelAccountId),
      input.status,
      tx.now,
    ])
    const payload = { channelAccountId: input.channelAccountId, changed: ['status'], version: account.version }
    await emit(tx, [eventOf(ChannelAccountChanged, scope.tenantId, payload)])
    return ok(true)
  })
}
