import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Frame } from '#modules/realtime/index.ts'
import { aConversationRow, aDelivery, aMessage, at, idNumber } from '#tests/builders/views.ts'
import { LiveStore } from './store.ts'
import type { ListQuery } from './types.ts'

const me = idNumber('member', 1)
const sara = { id: idNumber('member', 2), name: 'Sara' }
const all: ListQuery = { view: 'all', status: 'open' }
const mine: ListQuery = { view: 'mine', status: 'open' }
const resolved: ListQuery = { view: 'all', status: 'resolved' }
const first = idNumber('conversation', 1)

const aStore = () => new LiveStore({ memberId: me, schedule: (run) => run() })
const conversationFrame = (row: ReturnType<typeof aConversationRow>): Frame => ({ seq: 's', type: 'conversation', row })
const messageFrame = (row: ReturnType<typeof aMessage>): Frame => ({ seq: 's', type: 'message', conversationId: row.conversationId, row })
const tick = (delivery: number, version: number, state: string): Frame => ({
  seq: 's',
  type: 'delivery',
  conversationId: first,
  messageId: idNumber('message', 1),
  deliveryId: idNumber('delivery', delivery),
  state,
  at: at(version),
  version,
})
const shown = (store: LiveStore, query: ListQuery) => store.list(query).rows.map((row) => Number.parseInt(row.id.slice(4), 16))
const said = (store: LiveStore) => store.thread(first)?.messages.map((message) => message.body)

test('a new message moves its conversation to the top without reading the list again', () => {
  const store = aStore()
  store.seed({
    cursor: null,
    list: { query: all, page: { items: [aConversationRow(3), aConversationRow(2), aConversationRow(1)], nextCursor: null } },
  })
  store.apply([conversationFrame(aConversationRow(1, { version: 2, lastMessageAt: at(60) }))])
  expect(shown(store, all)).toEqual([1, 3, 2])
})

test('an older row never replaces a newer one, whichever way it comes', () => {
  const store = aStore()
  store.apply([conversationFrame(aConversationRow(1, { version: 5, lastMessagePreview: 'new' }))])
  store.seed({
    cursor: null,
    list: { query: all, page: { items: [aConversationRow(1, { version: 4, lastMessagePreview: 'old' })], nextCursor: null } },
  })
  expect(store.list(all).rows[0]?.lastMessagePreview).toBe('new')
})

test('a conversation leaves one list and enters another by an event alone', () => {
  const store = aStore()
  for (const query of [all, mine, resolved]) store.seed({ cursor: null, list: { query, page: { items: [], nextCursor: null } } })
  store.apply([conversationFrame(aConversationRow(1, { assignee: { id: me, name: 'Me' } }))])
  expect([shown(store, all), shown(store, mine), shown(store, resolved)]).toEqual([[1], [1], []])
  store.apply([conversationFrame(aConversationRow(1, { version: 2, assignee: sara, status: 'resolved' }))])
  expect([shown(store, all), shown(store, mine), shown(store, resolved)]).toEqual([[], [], [1]])
})

test('a row older than what was loaded waits for its page, so that the list has no hidden hole', () => {
  const store = aStore()
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(9), aConversationRow(8)], nextCursor: 'more' } } })
  store.apply([conversationFrame(aConversationRow(2))])
  expect(shown(store, all)).toEqual([9, 8])
  store.appendList(all, { items: [aConversationRow(5), aConversationRow(2)], nextCursor: null })
  expect(shown(store, all)).toEqual([9, 8, 5, 2])
})

test('coming back to a list keeps what was loaded further down', () => {
  const store = aStore()
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(9)], nextCursor: 'a' } } })
  store.appendList(all, { items: [aConversationRow(8), aConversationRow(7)], nextCursor: 'b' })
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(10), aConversationRow(9)], nextCursor: 'c' } } })
  expect(shown(store, all)).toEqual([10, 9, 8, 7])
  expect(store.list(all).nextCursor).toBe('b')
})

test('the echo of a message sent from here takes its bubble over', () => {
  const store = aStore()
  store.seed({ cursor: null, thread: { conversationId: first, page: { items: [aMessage(1)], nextCursor: null } } })
  const view = aMessage(2, { version: 0, direction: 'outbound' })
  store.setPending(first, view.id, () => ({ view, content: { kind: 'text', text: 'Hi' }, state: 'sending', reason: null, missed: [] }))
  expect(store.thread(first)?.pending).toHaveLength(1)
  store.apply([messageFrame(aMessage(2, { direction: 'outbound' }))])
  store.setPending(
    first,
    view.id,
    (known) => known ?? { view, content: { kind: 'text', text: 'Hi' }, state: 'sending', reason: null, missed: [] },
  )
  expect(store.thread(first)?.pending).toEqual([])
  expect(said(store)).toEqual(['Message 1', 'Message 2'])
})

test('a receipt that overtakes the page with its message is not lost', () => {
  const store = aStore()
  store.apply([tick(1, 3, 'delivered')])
  const page = {
    items: [aMessage(1, { direction: 'outbound', delivery: aDelivery(1, { version: 2, state: 'sent', sentAt: at(2) }) })],
    nextCursor: null,
  }
  store.seed({ cursor: null, thread: { conversationId: first, page } })
  expect(store.thread(first)?.messages[0]?.delivery).toMatchObject({
    state: 'delivered',
    sentAt: at(2),
    deliveredAt: at(3),
    queuedAt: at(1),
  })
})

test('ticks turn with the least of words, and never back', () => {
  const store = aStore()
  const page = { items: [aMessage(1, { direction: 'outbound', delivery: aDelivery(1) })], nextCursor: null }
  store.seed({ cursor: null, thread: { conversationId: first, page } })
  const state = () => store.thread(first)?.messages[0]?.delivery?.state
  store.apply([tick(1, 3, 'delivered'), tick(1, 2, 'sent')])
  expect(state()).toBe('delivered')
  store.apply([tick(2, 1, 'queued')])
  expect(state()).toBe('queued')
  store.apply([tick(1, 4, 'read')])
  expect(state()).toBe('queued')
})

test('a message that arrives while its thread is being opened is not lost', () => {
  const store = aStore()
  store.apply([messageFrame(aMessage(2))])
  store.seed({ cursor: null, thread: { conversationId: first, page: { items: [aMessage(1)], nextCursor: null } } })
  expect(said(store)).toEqual(['Message 1', 'Message 2'])
})

test('messages are shown by provider time, then sequence, however they arrive', () => {
  const messages = [1, 2, 3, 4].map((number) => aMessage(number, { providerTime: at(number < 3 ? 1 : 2) }))
  fc.assert(
    fc.property(fc.shuffledSubarray([...messages, ...messages], { minLength: 8 }), (order) => {
      const store = aStore()
      store.seed({ cursor: null, thread: { conversationId: first, page: { items: [], nextCursor: null } } })
      store.apply(order.map(messageFrame))
      expect(said(store)).toEqual(['Message 1', 'Message 2', 'Message 3', 'Message 4'])
    }),
  )
})

test('rows end the same in whatever order their versions arrive', () => {
  const versions = [1, 2, 3, 4].map((version) =>
    aConversationRow(1, { version, lastMessagePreview: `v${version}`, lastMessageAt: at(version) }),
  )
  fc.assert(
    fc.property(fc.shuffledSubarray(versions, { minLength: 4 }), (order) => {
      const store = aStore()
      store.seed({ cursor: null, list: { query: all, page: { items: [], nextCursor: null } } })
      store.apply(order.map(conversationFrame))
      expect(store.list(all).rows.map((row) => row.lastMessagePreview)).toEqual(['v4'])
    }),
  )
})

test('what was taken away is gone from the list and the thread', () => {
  const store = aStore()
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(1)], nextCursor: null } } })
  store.seed({ cursor: null, thread: { conversationId: first, page: { items: [aMessage(1)], nextCursor: null } } })
  store.apply([{ seq: 's', type: 'removed', conversationId: first }])
  expect(shown(store, all)).toEqual([])
  expect(store.conversation(first)).toBeUndefined()
  expect(store.thread(first)).toBeUndefined()
})

test('after a reset only what was read or told again stays', () => {
  const store = aStore()
  store.seed({
    cursor: null,
    list: { query: all, page: { items: [aConversationRow(3), aConversationRow(2), aConversationRow(1)], nextCursor: 'x' } },
  })
  expect(store.apply([{ seq: 's', type: 'reset', reason: 'too_old' }])).toBe(true)
  store.apply([conversationFrame(aConversationRow(4))])
  expect(shown(store, all)).toEqual([4, 3, 2, 1])
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(3)], nextCursor: null } } })
  store.settle()
  expect(shown(store, all)).toEqual([4, 3])
  expect(store.list(all).nextCursor).toBeNull()
})

test('what a person just did shows at once, and gives way to the server', () => {
  const store = aStore()
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(1)], nextCursor: null } } })
  store.intend(first, { status: 'resolved' })
  expect(shown(store, all)).toEqual([])
  store.withdraw(first)
  expect(shown(store, all)).toEqual([1])
  store.intend(first, { assignee: sara })
  store.take({ conversation: aConversationRow(1, { version: 2, assignee: null }) })
  expect(store.conversation(first)?.assignee).toBeNull()
})

test('what was read here is not unread until something newer comes', () => {
  const store = aStore()
  const unread = aConversationRow(1, { unreadCount: 2, lastMessageSequence: 7 })
  store.seed({ cursor: null, list: { query: all, page: { items: [unread], nextCursor: null } } })
  expect(store.unreadCount()).toBe(1)
  expect(store.markRead(first, 7)).toBe(true)
  expect(store.markRead(first, 7)).toBe(false)
  expect(store.unreadCount()).toBe(0)
  store.apply([conversationFrame({ ...unread, version: 2, unreadCount: 3, lastMessageSequence: 8 })])
  expect(store.unreadCount()).toBe(1)
})

test('reads give the same object until something in them changed', () => {
  const store = aStore()
  store.seed({ cursor: null, list: { query: all, page: { items: [aConversationRow(1)], nextCursor: null } } })
  store.seed({ cursor: null, thread: { conversationId: first, page: { items: [aMessage(1)], nextCursor: null } } })
  const [list, thread, row] = [store.list(all), store.thread(first), store.conversation(first)]
  store.apply([messageFrame(aMessage(9, { conversationId: idNumber('conversation', 9) }))])
  expect([store.list(all) === list, store.thread(first) === thread, store.conversation(first) === row]).toEqual([true, true, true])
})

test('arrivals are told once, and only of messages from outside', () => {
  const store = aStore()
  const arrivals: string[] = []
  store.onArrival((message) => arrivals.push(message.body))
  store.apply([messageFrame(aMessage(1)), messageFrame(aMessage(1, { version: 2 })), messageFrame(aMessage(2, { direction: 'outbound' }))])
  expect(arrivals).toEqual(['Message 1'])
})
