import { expect, test } from 'vitest'
import { parseRoles, RoleUsage } from './roles.ts'

test('a process takes a list of roles, some with channels of their own', () => {
  expect(parseRoles(['intake:whatsapp', 'sender'])).toEqual([
    { name: 'intake', channels: ['whatsapp'] },
    { name: 'sender', channels: ['whatsapp'] },
  ])
})

test('workers stands for every role but web and ingress', () => {
  expect(parseRoles(['workers']).map((choice) => choice.name)).toEqual(['intake', 'webhook-log', 'sender', 'media', 'sequencer', 'timers'])
})

test.each([
  [[], /at least one role/],
  [['senders'], /there is no role senders; roles are web, ingress/],
  [['intake:fax'], /there is no channel fax; channels are whatsapp/],
  [['timers:whatsapp'], /timers serves all channels/],
  [['sender', 'sender:whatsapp'], /sender is named twice/],
])('a wrong command line %j says what would be right', (words, sentence) => {
  expect(() => parseRoles(words)).toThrow(RoleUsage)
  expect(() => parseRoles(words)).toThrow(sentence)
})
