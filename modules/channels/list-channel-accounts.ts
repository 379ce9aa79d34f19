import type { ChannelKind } from '#channels/connector.ts'
import { fromUuid, toUuid } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import type { Scope } from '#platform/scope.ts'
import type { ChannelAccountStatus, ChannelAccountView } from './types.ts'

/** The tenant's channel accounts, oldest first, without their secrets. */
export async function listChannelAccounts(scope: Scope): Promise<ChannelAccountView[]> {
  const rows = await scope.transaction((tx) =>
    tx.prisma.channelAccount.findMany({
      where: { tenantId: toUuid(tx.tenantId) },
      orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      take: LIMITS.channelAccounts,
    }),
  )
  return rows.map((row) => ({
    id: fromUuid('channelAccount', row.id),
    version: row.version,
    channel: row.channel as ChannelKind,
    name: row.name,
    address: row.address,
    displayAddress: row.displayAddress,
    businessId: row.businessId,
    status: row.status as ChannelAccountStatus,
    statusReason: row.statusReason,
    circuit: row.circuit,
    circuitReason: row.circuitReason,
    lastInboundAt: row.lastInboundAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }))
}
