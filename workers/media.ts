import { startMediaFetcher } from '#modules/files/index.ts'
import { MessageReceived, touchMessages } from '#modules/messages/index.ts'
import type { BatchHandler } from '#platform/bus/port.ts'
import { EventRecord } from '#platform/bus/topics.ts'
import { isId } from '#platform/ids.ts'
import type { StartRole } from './context.ts'

/** Fetches customers' files as soon as their messages are told, and by polling whatever was not told. */
export const start: StartRole = async (context) => {
  const fetcher = startMediaFetcher({ ...context, announce: (tx, messages) => touchMessages(tx, messages, ['attachments']) })

  const handle: BatchHandler = async (messages) => {
    for (const { value } of messages) {
      const event = EventRecord.safeParse(value).data
      if (event?.type !== MessageReceived.name || !isId('tenant', event.tenantId)) continue
      const received = MessageReceived.schema.safeParse(event.payload).data
      if (received && received.attachmentIds.length > 0) fetcher.wake(event.tenantId)
    }
    return messages.map(() => ({ kind: 'done' }))
  }
  const hints = await context.bus.subscribe({ topic: 'events', group: 'media.events', maxBatch: 500, handle })

  return {
    name: 'media',
    unreadyReasons: () => [...(hints.isHealthy() ? [] : ['the media worker hears no events']), ...fetcher.unreadyReasons()],
    stop: async () => {
      await hints.stop()
      await fetcher.stop()
    },
  }
}
