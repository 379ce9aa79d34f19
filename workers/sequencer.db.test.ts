import { expect, test } from 'vitest'
import { MessageReceived } from '#modules/messages/index.ts'
import { createBus } from '#platform/bus/bus.ts'
import type { BusMessage } from '#platform/bus/port.ts'
import { EventRecord } from '#platform/bus/topics.ts'
import { systemClock } from '#platform/clock.ts'
import { emit, eventOf } from '#platform/events.ts'
import { newId } from '#platform/ids.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { useDatabase } from '#tests/setup/database.ts'
import type { WorkerContext } from './context.ts'
import { start } from './sequencer.ts'

const database = useDatabase()

test('what a person’s transaction emits reaches the workers, in the order of its key', async () => {
  const [log, metrics] = [createLog({ level: 'silent', process: 'test' }), createMetrics({ defaults: false })]
  const bus = await createBus({ database: database.worker, clock: systemClock, log, metrics })
  const role = await start({ bus, database: database.worker, clock: systemClock, log, metrics } as WorkerContext, [])
  const seen: BusMessage[] = []
  const subscription = await bus.subscribe({
    topic: 'events',
    group: 'sender.events',
    maxBatch: 100,
    handle: async (messages) => {
      seen.push(...messages)
      return messages.map(() => ({ kind: 'done' as const }))
    },
  })
  const [tenantId, conversationId] = [newId('tenant'), newId('conversation')]
  for (let sequence = 1; sequence <= 20; sequence++) {
    const received = { conversationId, messageId: newId('message'), direction: 'inbound' as const, sequence, attachmentIds: [], version: 1 }
    await database.web.tenantTransaction(tenantId, systemClock, (tx) => emit(tx, [eventOf(MessageReceived, tenantId, received)]))
  }
  await expect.poll(() => seen.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(20)
  expect(role.unreadyReasons()).toEqual([])
  await role.stop()
  await subscription.stop()
  await bus.close()
  const records = seen.map((message) => EventRecord.parse(message.value))
  expect(records.map((record) => MessageReceived.schema.parse(record.payload).sequence)).toEqual(
    Array.from({ length: 20 }, (_, at) => at + 1),
  )
  expect(seen.every((message) => message.key === conversationId)).toBe(true)
})
