import type { Capabilities, ChannelKind } from '#channels/connector.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import { type Id, toUuid } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'

/** Where a message of ours goes out, and what may go out there. */
export interface OutboundPlace {
  lineId: Id<'line'>
  channelAccountId: Id<'channelAccount'>
  channel: ChannelKind
  can: Capabilities
  /** May free-form messages be sent now? Always, where the channel has no window. */
  isWindowOpen: boolean
  /** ISO 8601 UTC; null: the customer has never written. */
  windowExpiresAt: string | null
  /** Now, at the channel's own resolution, so that both directions are ordered alike (I3). */
  now: Date
}

/** What each channel can do; the edges make it of the channel registry, which modules do not see. */
export type ChannelCatalogue = (kind: ChannelKind) => Capabilities

/**
 * What may go out on a line now.
 * @param line a conversation's is that of its last inbound message
 * @returns `channel_disabled` when there is no line, or its channel account is switched off
 */
export async function placeOf(
  tx: SqlTx,
  scope: Scope,
  { lineId, channelAccountId }: { lineId: Id<'line'> | null; channelAccountId: Id<'channelAccount'> | null },
  capabilitiesOf: ChannelCatalogue,
): Promise<Result<OutboundPlace, 'channel_disabled'>> {
  if (!lineId || !channelAccountId) return fail('channel_disabled')
  const [row] = await tx.sql<{ window_expires_at: Date | null; status: string; channel: ChannelKind }>(
    `select l.window_expires_at, a.status, a.channel from lines l
     join channel_accounts a on a.tenant_id = $1::uuid and a.id = l.channel_account_id
     where l.tenant_id = $1::uuid and l.id = $2::uuid`,
    [toUuid(scope.tenantId), toUuid(lineId)],
  )
  if (!row || row.status === 'disabled') return fail('channel_disabled')
  const can = capabilitiesOf(row.channel)
  return ok({
    lineId,
    channelAccountId,
    channel: row.channel,
    can,
    isWindowOpen: can.replyWindowHours === null || (row.window_expires_at !== null && row.window_expires_at > tx.now),
    windowExpiresAt: row.window_expires_at?.toISOString() ?? null,
    now: new Date(Math.floor(tx.now.getTime() / can.timeResolutionMs) * can.timeResolutionMs),
  })
}
