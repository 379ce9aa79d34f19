import { createSeenTeller, DeliveryQueued, LineSeen, startSender } from '#modules/deliveries/index.ts'
import type { BatchHandler } from '#platform/bus/port.ts'
import { EventRecord } from '#platform/bus/topics.ts'
import { isId } from '#platform/ids.ts'
import type { StartRole } from './context.ts'

/**
 * Sends what is due on the given channels. Events only hint: they make a sender look sooner, and carry the read marks that
 * any sender may tell. The table of deliveries is the truth, and it is polled.
 */
export const start: StartRole = async (context, channels) => {
  const senders = channels.map((channel) => startSender({ ...context, channel, connector: context.connectors[channel] }))
  const teller = createSeenTeller(context)

  const handle: BatchHandler = async (messages) => {
    const events = messages.flatMap(({ value }) => EventRecord.safeParse(value).data ?? [])
    for (const { type, payload } of events) {
      const queued = type === DeliveryQueued.name ? DeliveryQueued.schema.safeParse(payload).data : undefined
      if (queued) for (const sender of senders) sender.wake(queued.channelAccountId)
    }
    const marks = events.flatMap(({ type, tenantId, payload }) => {
      const seen = type === LineSeen.name ? LineSeen.schema.safeParse(payload).data : undefined
      return seen && isId('tenant', tenantId) ? [{ tenantId, seen }] : []
    })
    await teller.tell(marks)
    return messages.map(() => ({ kind: 'done' }))
  }
  const hints = await context.bus.subscribe({ topic: 'events', group: 'sender.events', maxBatch: 500, handle })

  return {
    name: `sender:${channels.join(',')}`,
    unreadyReasons: () => [
      ...(hints.isHealthy() ? [] : ['the sender hears no events']),
      ...senders.flatMap((sender) => sender.unreadyReasons()),
    ],
    stop: async () => {
      await hints.stop()
      await Promise.all([...senders.map((sender) => sender.stop()), teller.drained()])
    },
  }
}
