import type { ProviderTemplate } from '#channels/connector.ts'
import type { BatchTx } from '#platform/db/database.ts'
import type { EmittedEvent } from '#platform/events.ts'
import type { Id } from '#platform/ids.ts'

/**
 * Makes the stored templates of a channel account equal to what the provider lists.
 * @returns the events it caused, for the caller to emit last
 */
export async function syncTemplates(
  tx: BatchTx,
  account: { tenantId: Id<'tenant'>; channelAccountId: Id<'channelAccount'> },
  listed: readonly ProviderTemplate[],
): Promise<EmittedEvent[]> {
  throw new Error('being written')
}
