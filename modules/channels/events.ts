import { z } from 'zod'
import { defineEvent } from '#platform/events.ts'
import { idOf } from '#platform/ids.ts'

const byAccount = (payload: { channelAccountId: string }) => payload.channelAccountId

/** Connected, disabled, in error, circuit opened or closed, quality or limits changed. */
export const ChannelAccountChanged = defineEvent(
  'channel_account.changed',
  z.object({ channelAccountId: idOf('channelAccount'), changed: z.array(z.string()), version: z.number() }),
  byAccount,
)
export const TemplatesChanged = defineEvent(
  'templates.changed',
  z.object({ channelAccountId: idOf('channelAccount'), templateIds: z.array(idOf('template')) }),
  byAccount,
)
