import { expect, test } from 'vitest'
import { heldClock } from '#platform/clock.ts'
import { aMessage, idNumber } from '#tests/builders/views.ts'
import type { Answer } from './ask.ts'
import { type Draft, Outbox, type Send } from './outbox.ts'
import { LiveStore } from './store.ts'

const conversationId = idNumber('conversation', 1)
const aDraft = (text: string): Draft => ({
  conversationId,
  content: { kind: 'text', text },
  bubble: { kind: 'text', body: text, content: {}, attachments: [], replyTo: null, channel: 'whatsapp' },
})

type Body = { messageId: string; lastSequenceSeen: number; content: { text: string } }

function anOutbox(answers: Answer<{ sequence: number }>[]) {
  const store = new LiveStore({ memberId: idNumber('member', 1), schedule: (run) => run() })
  store.seed({ cursor: null, thread: { conversationId, page: { items: [aMessage(1)], nextCursor: null } } })
  const sent: Body[] = []
  const send: Send = async (_path, { body }) => {
    sent.push(body as Body)
    return answers.shift() ?? { ok: false, code: 'unreachable' }
  }
  const outbox = new Outbox({ store, clock: heldClock(new Date('2026-11-20T10:00:00Z')), send })
  outbox.saw(conversationId, 1)
  return { store, outbox, sent, pending: () => store.thread(conversationId)?.pending ?? [] }
}

test('messages of one conversation leave one after the other and count our own as seen', async () => {
  const { outbox, sent } = anOutbox([
    { ok: true, value: { sequence: 2 } },
    { ok: true, value: { sequence: 3 } },
  ])
  await Promise.all([outbox.send(aDraft('one')), outbox.send(aDraft('two'))])
  expect(sent.map(({ content, lastSequenceSeen }) => [content.text, lastSequenceSeen])).toEqual([
    ['one', 1],
    ['two', 2],
  ])
})

test('a message nobody answered for keeps its text, and trying again uses the same id', async () => {
  const { outbox, sent, pending } = anOutbox([
    { ok: false, code: 'unreachable' },
    { ok: true, value: { sequence: 2 } },
  ])
  await outbox.send(aDraft('Hello'))
  const [waiting] = pending()
  expect([waiting?.state, waiting?.reason, waiting?.view.body]).toEqual(['refused', 'unreachable', 'Hello'])
  await outbox.retry(conversationId, waiting?.view.id ?? idNumber('message', 0))
  expect(sent[1]?.messageId).toBe(sent[0]?.messageId)
})

test('what was missed is shown, and sending anyway says that it was seen', async () => {
  const { store, outbox, sent, pending } = anOutbox([
    { ok: false, code: 'missed_messages', detail: [aMessage(2, { body: 'Never mind' })] },
    { ok: true, value: { sequence: 3 } },
  ])
  await outbox.send(aDraft('It is on its way'))
  const [waiting] = pending()
  expect(waiting?.missed.map((message) => message.body)).toEqual(['Never mind'])
  expect(store.thread(conversationId)?.messages.map((message) => message.body)).toEqual(['Message 1', 'Never mind'])
  await outbox.retry(conversationId, waiting?.view.id ?? idNumber('message', 0))
  expect(sent[1]?.lastSequenceSeen).toBe(2)
})

test('the bubble stays until the echo has come, so that it never blinks', async () => {
  const { store, outbox, sent, pending } = anOutbox([{ ok: true, value: { sequence: 2 } }])
  await outbox.send(aDraft('Hello'))
  expect(pending()).toHaveLength(1)
  const echo = aMessage(2, { id: sent[0]?.messageId as `msg_${string}`, direction: 'outbound' })
  store.apply([{ seq: 's', type: 'message', conversationId, row: echo }])
  expect(pending()).toEqual([])
})

test('a message taken back gives its content to the composer', async () => {
  const { outbox, pending } = anOutbox([{ ok: false, code: 'window_closed' }])
  await outbox.send(aDraft('Too late'))
  const taken = outbox.withdraw(conversationId, pending()[0]?.view.id ?? idNumber('message', 0))
  expect(taken?.content).toEqual({ kind: 'text', text: 'Too late' })
  expect(pending()).toEqual([])
})
