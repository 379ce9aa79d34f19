import { expect, test } from 'vitest'
import type { ConversationListItem } from '#modules/conversations/index.ts'
import type { DeliveryView, MessageView } from '#modules/messages/index.ts'
import type { SqlTx } from '#platform/db/sql.ts'
import type { LogEntry } from '#platform/event-log/entry.ts'
import { type Id, newId } from '#platform/ids.ts'
import { type Batch, prepareBatch } from './batch.ts'
import { sequenceOf } from './cursor.ts'
import type { Frame, RowLoaders } from './types.ts'

const tenantId = newId('tenant')
const [conversationId, messageId, deliveryId] = [newId('conversation'), newId('message'), newId('delivery')]
const at = new Date('2026-11-20T10:00:00Z')
const tx: SqlTx = { now: at, sql: async () => [] }

/** Every row asked for exists, and says that it is this one. */
const loaders = (homes: Record<string, Id<'conversation'>> = {}): RowLoaders => ({
  conversations: async (_, __, ids) => new Map(ids.map((id) => [id, { id, version: 7, assignee: null } as ConversationListItem])),
  messages: async (_, __, ids) => new Map(ids.map((id) => [id, { id, conversationId: homes[id] ?? conversationId } as MessageView])),
  deliveries: async (_, __, ids) => new Map(ids.map((id) => [id, { id: deliveryId, errorCode: '131026' } as DeliveryView])),
})
const entry = (sequence: number, type: string, payload: unknown): LogEntry => {
  return { tenantId, sequence, id: newId('event'), type, key: conversationId, payload, reach: null, causationId: null, depth: 0, at }
}
const framesOf = (batch: Batch) =>
  batch.steps.map((step) =>
    Buffer.from(step.visible.bytes)
      .toString()
      .split('\n\n')
      .filter(Boolean)
      .map((block) => JSON.parse(block.slice(block.indexOf('data: ') + 6)) as Frame),
  )
const prepare = (entries: LogEntry[], options: { everyReach?: boolean; homes?: Record<string, Id<'conversation'>> } = {}) =>
  prepareBatch(tx, loaders(options.homes), {
    tenantId,
    after: (entries[0]?.sequence ?? 1) - 1,
    entries,
    everyReach: options.everyReach ?? false,
  })

test('only the last frame of an event carries its place; the ones before carry the place of the event before', async () => {
  const [frames = []] = framesOf(await prepare([entry(5, 'message.received', { conversationId, messageId })]))
  expect(frames.map(({ type, seq }) => [type, sequenceOf(tenantId, seq)])).toEqual([
    ['conversation', 4],
    ['message', 5],
  ])
})

test('of several events about one row the last brings it', async () => {
  const other = newId('message')
  const batch = await prepare([
    entry(1, 'message.received', { conversationId, messageId }),
    entry(2, 'message.received', { conversationId, messageId: other }),
    entry(3, 'message.changed', { conversationId, messageId, changed: ['reactions'] }),
    entry(4, 'conversation.changed', { conversationId, changed: ['unreadCount'] }),
  ])
  expect(framesOf(batch).map((frames) => frames.map(({ type, seq }) => [type, sequenceOf(tenantId, seq)]))).toEqual([
    [],
    [['message', 2]],
    [['message', 3]],
    [['conversation', 4]],
  ])
})

test('a tick says what the event says; what needs words brings them', async () => {
  const tick = { conversationId, messageId, deliveryId, at: at.toISOString() }
  const batch = await prepare([
    entry(1, 'delivery.changed', { ...tick, state: 'failed', version: 3 }),
    entry(2, 'delivery.queued', { ...tick, deliveryId: newId('delivery'), dueAt: at.toISOString() }),
  ])
  const [[failed], [queued]] = framesOf(batch) as [Frame[], Frame[]]
  expect(failed).toMatchObject({ type: 'delivery', deliveryId, state: 'failed', version: 3, delivery: { errorCode: '131026' } })
  expect(queued).toMatchObject({ type: 'delivery', state: 'queued', version: 1 })
  expect(queued).not.toHaveProperty('delivery')
  expect(batch.steps.map((step) => step.reachNow)).toEqual([undefined, undefined])
})

test('when somebody sees only some conversations, ticks are judged by the row too', async () => {
  const batch = await prepare([entry(1, 'delivery.changed', { conversationId, messageId, deliveryId, state: 'read' })], {
    everyReach: true,
  })
  expect(batch.steps[0]?.reachNow).toEqual({ assigneeId: null })
})

test('a message of a conversation that was merged is shown, and judged, where it is read now', async () => {
  const home = newId('conversation')
  const batch = await prepare([entry(1, 'message.received', { conversationId, messageId })], { homes: { [messageId]: home } })
  expect(framesOf(batch)[0]).toMatchObject([{ row: { id: home } }, { conversationId: home }])
})

test('events about nothing on screen are passed by, and changes of ability are noted', async () => {
  const memberId = newId('member')
  const batch = await prepare([entry(8, 'templates.changed', { templateIds: [] }), entry(9, 'member.ability_changed', { memberId })])
  expect(batch).toMatchObject({ after: 7, last: 9, steps: [] })
  expect(batch.abilityChanges).toEqual(new Map([[memberId, 9]]))
})
