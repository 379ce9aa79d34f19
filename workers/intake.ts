import { LIMITS } from '#platform/limits.ts'
import type { StartRole } from './context.ts'
import { webhookHandler } from './intake/handle-webhooks.ts'

/** Turns webhooks into conversations. Receipts have a topic of their own, so that a campaign's never delay a customer. */
export const start: StartRole = async (context, channels) => {
  const handle = webhookHandler(context)
  const topics = channels.flatMap((channel) => [`inbound.${channel}`, `receipts.${channel}`])
  const subscriptions = await Promise.all(
    topics.map((topic) => context.bus.subscribe({ topic, group: `intake.${topic}`, maxBatch: LIMITS.intakeBatch, handle })),
  )
  return {
    name: `intake:${channels.join(',')}`,
    unreadyReasons: () => (subscriptions.every((subscription) => subscription.isHealthy()) ? [] : ['intake can not read its topics']),
    stop: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()))
    },
  }
}
