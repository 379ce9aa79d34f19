import { expect, test } from 'vitest'
import { aMessage } from '#tests/builders/views.ts'
import { layOut, type ThreadDay } from './layout.ts'

const dayKey = (iso: string) => iso.slice(0, 10)
const told = (days: ThreadDay[]) =>
  days.flatMap(({ items }) => [
    'day',
    ...items.map((item) =>
      item.kind === 'message' ? `${item.isGroupStart ? '<' : ''}${item.message.body}${item.isGroupEnd ? '>' : ''}` : item.kind,
    ),
  ])

test('days are told apart and neighbours of one author stand together', () => {
  const messages = [
    aMessage(1, { providerTime: '2026-11-19T22:00:00.000Z' }),
    aMessage(2, { providerTime: '2026-11-20T08:00:00.000Z' }),
    aMessage(3, { providerTime: '2026-11-20T08:01:00.000Z' }),
    aMessage(4, { providerTime: '2026-11-20T08:02:00.000Z', direction: 'outbound', author: { kind: 'member', id: 'm', name: 'Sara' } }),
    aMessage(5, { providerTime: '2026-11-20T09:00:00.000Z', direction: 'outbound', author: { kind: 'member', id: 'm', name: 'Sara' } }),
  ]
  expect(told(layOut(messages, [], dayKey, null))).toEqual([
    'day',
    '<Message 1>',
    'day',
    '<Message 2',
    'Message 3>',
    '<Message 4>',
    '<Message 5>',
  ])
})

test('the line above unread messages stands once, before the first of the customer', () => {
  const messages = [1, 2, 3, 4].map((number) => aMessage(number, number === 2 ? { direction: 'outbound' } : {}))
  expect(told(layOut(messages, [], dayKey, 2))).toEqual(['day', '<Message 1>', '<Message 2>', 'unread', '<Message 3', 'Message 4>'])
})

test('what is on its way stands at the end', () => {
  const view = aMessage(9, { direction: 'outbound', body: 'On its way' })
  const pending = { view, content: { kind: 'text' as const, text: 'On its way' }, state: 'sending' as const, reason: null, missed: [] }
  expect(told(layOut([aMessage(1)], [pending], dayKey, null)).at(-1)).toBe('<On its way>')
})
