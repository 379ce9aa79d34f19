import type { ChannelKind } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'

/**
 * The address a provider must call: one for the app all tenants share, or a channel account's own when the tenant brought an app.
 * @param publicUrl by which providers reach us, with or without a trailing slash
 */
export function webhookUrl(publicUrl: string, channel: ChannelKind, channelAccountId?: Id<'channelAccount'>): string {
  const base = `${publicUrl.replace(/\/+$/, '')}/webhooks/${channel}`
  return channelAccountId ? `${base}/${channelAccountId}` : base
}
