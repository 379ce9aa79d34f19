import type { Capabilities, ChannelKind } from '#channels/connector.ts'
import type { Result } from '#platform/result.ts'
import type { Scope } from '#platform/scope.ts'
import type { SendMessage } from './inputs.ts'
import type { SentMessage } from './types.ts'

/** What each channel can do; the edges make it of the channel registry, which modules do not see. */
export type ChannelCatalogue = (kind: ChannelKind) => Capabilities

export async function sendMessage(
  scope: Scope,
  input: SendMessage,
  capabilitiesOf: ChannelCatalogue,
): Promise<
  Result<
    SentMessage,
    | 'not_found'
    | 'not_allowed'
    | 'already_exists'
    | 'conversation_resolved'
    | 'missed_messages'
    | 'window_closed'
    | 'channel_disabled'
    | 'template_not_approved'
    | 'template_parameters_mismatch'
    | 'unsupported_by_channel'
    | 'attachment_rejected'
  >
> {
  throw new Error('being written')
}
