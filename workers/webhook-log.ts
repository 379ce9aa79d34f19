import { forgetWebhooks, logWebhooks } from '#modules/webhooks/index.ts'
import type { BatchHandler } from '#platform/bus/port.ts'
import { pause } from '#platform/clock.ts'
import type { StartRole } from './context.ts'

const FORGET_EVERY_MS = 3_600_000
const BATCH = 200

/** Keeps raw webhooks for thirty days, so that parsing can be repeated; forgets older ones every hour. */
export const start: StartRole = async (context, channels) => {
  const { bus, database, clock, blobs, log } = context
  const handle: BatchHandler = async (messages) => {
    await database.platformTransaction(clock, (tx) =>
      logWebhooks(
        tx,
        messages.map(({ value }) => value),
      ),
    )
    return messages.map(() => ({ kind: 'done' }))
  }
  const topics = [...channels.flatMap((channel) => [`inbound.${channel}`, `receipts.${channel}`]), 'inbound.unparsed']
  const subscriptions = await Promise.all(
    topics.map((topic) => bus.subscribe({ topic, group: `webhook-log.${topic}`, maxBatch: BATCH, handle })),
  )

  const stopping = new AbortController()
  const forgetting = (async () => {
    while (!stopping.signal.aborted) {
      await forgetWebhooks(database, clock, blobs).catch((error: unknown) =>
        log.warn({ error }, 'old webhooks could not be forgotten; trying again in an hour'),
      )
      await pause(FORGET_EVERY_MS, stopping.signal)
    }
  })()

  return {
    name: `webhook-log:${channels.join(',')}`,
    unreadyReasons: () =>
      subscriptions.every((subscription) => subscription.isHealthy()) ? [] : ['the webhook log can not read its topics'],
    stop: async () => {
      stopping.abort()
      await Promise.all([...subscriptions.map((subscription) => subscription.stop()), forgetting])
    },
  }
}
