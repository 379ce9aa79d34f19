import { describe, expect, test } from 'vitest'
import { GraphError } from '../errors.ts'
import { Fields } from './fields.ts'
import { checkInteractive } from './interactive.ts'

const check = (interactive: unknown) => {
  try {
    checkInteractive(Fields.of(interactive, 'interactive'), (id) => (id === '1' ? { mimeType: 'image/jpeg' } : undefined))
    return 'taken'
  } catch (error) {
    if (error instanceof GraphError) return error.code
    throw error
  }
}
const reply = (id: string, title: string) => ({ type: 'reply', reply: { id, title } })
const buttons = (...replies: unknown[]) => ({ type: 'button', body: { text: 'Choose' }, action: { buttons: replies } })
const rows = (count: number, from = 0) => Array.from({ length: count }, (_, nth) => ({ id: `r${from + nth}`, title: `Row ${nth}` }))
const list = (sections: unknown[]) => ({ type: 'list', body: { text: 'Choose' }, action: { button: 'Open', sections } })

describe('buttons', () => {
  test.each([
    ['three', buttons(reply('a', 'A'), reply('b', 'B'), reply('c', 'C')), 'taken'],
    ['a picture above', { ...buttons(reply('a', 'A')), header: { type: 'image', image: { id: '1' } } }, 'taken'],
    ['a title of 20 letters, counted as people do', buttons(reply('a', '👍'.repeat(20))), 'taken'],
    ['none', buttons(), 131009],
    ['four', buttons(reply('a', 'A'), reply('b', 'B'), reply('c', 'C'), reply('d', 'D')), 131009],
    ['a title of 21 letters', buttons(reply('a', 'x'.repeat(21))), 131009],
    ['an id of 257 letters', buttons(reply('x'.repeat(257), 'A')), 131009],
    ['two of one id', buttons(reply('a', 'A'), reply('a', 'B')), 131009],
    ['a body of 1,025 letters', { ...buttons(reply('a', 'A')), body: { text: 'x'.repeat(1_025) } }, 131009],
    ['no body', { type: 'button', action: { buttons: [reply('a', 'A')] } }, 131008],
    ['a footer of 61 letters', { ...buttons(reply('a', 'A')), footer: { text: 'x'.repeat(61) } }, 131009],
    ['a picture nobody uploaded', { ...buttons(reply('a', 'A')), header: { type: 'image', image: { id: '2' } } }, 100],
  ])('%s', (_what, interactive, outcome) => {
    expect(check(interactive)).toBe(outcome)
  })
})

describe('lists', () => {
  test.each([
    ['ten rows', list([{ rows: rows(10) }]), 'taken'],
    [
      'two sections with titles',
      list([
        { title: 'A', rows: rows(5) },
        { title: 'B', rows: rows(5, 5) },
      ]),
      'taken',
    ],
    ['two sections without', list([{ rows: rows(1) }, { rows: rows(1, 1) }]), 131008],
    ['eleven rows in one section', list([{ rows: rows(11) }]), 131009],
    [
      'eleven rows in all',
      list([
        { title: 'A', rows: rows(6) },
        { title: 'B', rows: rows(5, 6) },
      ]),
      131009,
    ],
    ['a description of 73 letters', list([{ rows: [{ id: 'a', title: 'A', description: 'x'.repeat(73) }] }]), 131009],
    ['a title of 25 letters', list([{ rows: [{ id: 'a', title: 'x'.repeat(25) }] }]), 131009],
    [
      'one id twice',
      list([
        { title: 'A', rows: rows(1) },
        { title: 'B', rows: rows(1) },
      ]),
      131009,
    ],
    ['a picture above', { ...list([{ rows: rows(1) }]), header: { type: 'image', image: { id: '1' } } }, 100],
    [
      'a button of 21 letters',
      { type: 'list', body: { text: 'x' }, action: { button: 'x'.repeat(21), sections: [{ rows: rows(1) }] } },
      131009,
    ],
  ])('%s', (_what, interactive, outcome) => {
    expect(check(interactive)).toBe(outcome)
  })
})

describe('others', () => {
  const flow = { flow_message_version: '3', flow_id: '123', flow_cta: 'Book now' }
  test.each([
    [
      'a link',
      {
        type: 'cta_url',
        body: { text: 'x' },
        action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'https://example.com' } },
      },
      'taken',
    ],
    [
      'a link to nowhere',
      { type: 'cta_url', body: { text: 'x' }, action: { name: 'cta_url', parameters: { display_text: 'Open', url: 'example' } } },
      131009,
    ],
    ['asking for the place', { type: 'location_request_message', body: { text: 'x' }, action: { name: 'send_location' } }, 'taken'],
    ['a flow', { type: 'flow', body: { text: 'x' }, action: { name: 'flow', parameters: flow } }, 'taken'],
    [
      'a flow without an id',
      { type: 'flow', body: { text: 'x' }, action: { name: 'flow', parameters: { ...flow, flow_id: undefined } } },
      131008,
    ],
    ['a kind that does not exist', { type: 'poll', body: { text: 'x' }, action: {} }, 100],
  ])('%s', (_what, interactive, outcome) => {
    expect(check(interactive)).toBe(outcome)
  })
})
