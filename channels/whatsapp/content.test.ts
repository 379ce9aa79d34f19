import { describe, expect, test } from 'vitest'
import type { OutboundContent, OutboundMessage } from '../connector.ts'
import { requestBody } from './content.ts'
import { limitBroken } from './content-limits.ts'

const ECHO = 'atm_0123456789abcdef0123456789abcdef'
const message = (content: OutboundContent, more: Partial<OutboundMessage> = {}): OutboundMessage => ({
  echo: ECHO,
  from: '901020304050607',
  to: { phone: '6281234567890' },
  content,
  ...more,
})
/** The part of the request that says what is sent. */
const said = (content: OutboundContent) => {
  const { messaging_product, recipient_type, to, biz_opaque_callback_data, ...rest } = requestBody(message(content))
  return JSON.parse(JSON.stringify(rest))
}
const TEXT: OutboundContent = { kind: 'text', text: 'Hello' }

describe('the envelope', () => {
  test('carries the number with its plus sign, and our attempt', () => {
    expect(requestBody(message(TEXT))).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '+6281234567890',
      type: 'text',
      text: { body: 'Hello', preview_url: false },
      biz_opaque_callback_data: ECHO,
    })
  })

  test.each(['6281234567890', '+6281234567890', '+62 812-3456-7890'])('the number %s is one number', (phone) => {
    expect(requestBody(message(TEXT, { to: { phone } })).to).toBe('+6281234567890')
  })

  test('a person without a number is addressed by BSUID, and the number wins where both are known', () => {
    expect(requestBody(message(TEXT, { to: { bsuid: 'US.1' } }))).toMatchObject({ recipient: 'US.1' })
    expect(requestBody(message(TEXT, { to: { bsuid: 'US.1' } }))).not.toHaveProperty('to')
    expect(requestBody(message(TEXT, { to: { phone: '1650', bsuid: 'US.1' } }))).not.toHaveProperty('recipient')
  })

  test('an answer quotes its message, but a reaction must not', () => {
    const replyToExternalId = 'wamid.Q'
    expect(requestBody(message(TEXT, { replyToExternalId }))).toMatchObject({ context: { message_id: 'wamid.Q' } })
    const reaction: OutboundContent = { kind: 'reaction', targetExternalId: 'wamid.Q', emoji: '👍' }
    expect(requestBody(message(reaction, { replyToExternalId }))).not.toHaveProperty('context')
  })
})

describe('what is said', () => {
  test('text shows a preview when it holds an address, unless told otherwise', () => {
    expect(said({ kind: 'text', text: 'see https://example.com' })).toMatchObject({ text: { preview_url: true } })
    expect(said({ kind: 'text', text: 'see https://example.com', previewUrl: false })).toMatchObject({ text: { preview_url: false } })
  })

  test.each([
    ['image', { kind: 'image', providerMediaId: '7', caption: 'c' }, { type: 'image', image: { id: '7', caption: 'c' } }],
    ['video', { kind: 'video', providerMediaId: '7' }, { type: 'video', video: { id: '7' } }],
    ['audio', { kind: 'audio', providerMediaId: '7' }, { type: 'audio', audio: { id: '7' } }],
    ['voice', { kind: 'voice', providerMediaId: '7' }, { type: 'audio', audio: { id: '7', voice: true } }],
    ['sticker', { kind: 'sticker', providerMediaId: '7' }, { type: 'sticker', sticker: { id: '7' } }],
    [
      'document',
      { kind: 'document', providerMediaId: '7', fileName: 'a.pdf' },
      { type: 'document', document: { id: '7', filename: 'a.pdf' } },
    ],
    ['image with a name', { kind: 'image', providerMediaId: '7', fileName: 'a.png' }, { type: 'image', image: { id: '7' } }],
    [
      'location',
      { kind: 'location', location: { latitude: 1, longitude: 2, name: 'n' } },
      { type: 'location', location: { latitude: 1, longitude: 2, name: 'n' } },
    ],
    [
      'reaction',
      { kind: 'reaction', targetExternalId: 'w', emoji: '👍' },
      { type: 'reaction', reaction: { message_id: 'w', emoji: '👍' } },
    ],
    [
      'reaction taken back',
      { kind: 'reaction', targetExternalId: 'w', emoji: null },
      { type: 'reaction', reaction: { message_id: 'w', emoji: '' } },
    ],
  ] as [string, OutboundContent, object][])('%s', (_name, content, body) => {
    expect(said(content)).toEqual(body)
  })

  test('contact cards carry two parts of the name, since two are required', () => {
    const contacts = [
      {
        name: 'Mona',
        phones: [{ phone: '+20 100', waId: '20100', type: 'CELL' }],
        emails: [{ email: 'm@example.com' }],
        organization: 'Nile',
      },
      { name: 'Ana', phones: [], emails: [] },
    ]
    expect(said({ kind: 'contacts', contacts })).toEqual({
      type: 'contacts',
      contacts: [
        {
          name: { formatted_name: 'Mona', first_name: 'Mona' },
          phones: [{ phone: '+20 100', wa_id: '20100', type: 'CELL' }],
          emails: [{ email: 'm@example.com' }],
          org: { company: 'Nile' },
        },
        { name: { formatted_name: 'Ana', first_name: 'Ana' } },
      ],
    })
  })

  test('buttons', () => {
    expect(said({ kind: 'interactive', text: 'Sure?', header: 'Order', footer: 'Kopi', buttons: [{ id: 'y', title: 'Yes' }] })).toEqual({
      type: 'interactive',
      interactive: {
        type: 'button',
        header: { type: 'text', text: 'Order' },
        body: { text: 'Sure?' },
        footer: { text: 'Kopi' },
        action: { buttons: [{ type: 'reply', reply: { id: 'y', title: 'Yes' } }] },
      },
    })
  })

  test('a list, its only section without a title', () => {
    const rows = [
      { id: '1', title: 'One', description: 'first' },
      { id: '2', title: 'Two' },
    ]
    expect(said({ kind: 'list', text: 'Pick', button: 'Menu', sections: [{ rows }] })).toEqual({
      type: 'interactive',
      interactive: { type: 'list', body: { text: 'Pick' }, action: { button: 'Menu', sections: [{ rows }] } },
    })
  })
})

describe('a template', () => {
  const base = { kind: 'template', name: 'order_update', language: 'id', body: [], buttons: [] } as const

  test('without anything to fill in names no components', () => {
    expect(said({ ...base, body: [], buttons: [] })).toEqual({
      type: 'template',
      template: { name: 'order_update', language: { code: 'id' } },
    })
  })

  test('fills in positions by order and names by name', () => {
    const template = (body: { name?: string; text: string }[]) => said({ ...base, body, buttons: [] }).template.components[0].parameters
    expect(template([{ text: 'a' }, { text: 'b' }])).toEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ])
    expect(template([{ name: 'first_name', text: 'Ana' }])).toEqual([{ type: 'text', parameter_name: 'first_name', text: 'Ana' }])
  })

  test.each([
    ['text', { kind: 'text', parameters: [{ text: '12' }] }, [{ type: 'text', text: '12' }]],
    ['image', { kind: 'image', providerMediaId: '7' }, [{ type: 'image', image: { id: '7' } }]],
    ['video', { kind: 'video', providerMediaId: '7' }, [{ type: 'video', video: { id: '7' } }]],
    [
      'document',
      { kind: 'document', providerMediaId: '7', fileName: 'a.pdf' },
      [{ type: 'document', document: { id: '7', filename: 'a.pdf' } }],
    ],
  ] as const)('with a header of %s', (_name, header, parameters) => {
    const content = { ...base, body: [], buttons: [], header } as unknown as OutboundContent
    expect(said(content).template.components).toEqual([{ type: 'header', parameters }])
  })

  test('with buttons counts them from 0, in text', () => {
    const buttons = [
      { index: 0, type: 'quick_reply', value: 'STOP' },
      { index: 1, type: 'url', value: 'orders/12' },
      { index: 2, type: 'copy_code', value: 'KOPI10' },
    ] as const
    expect(said({ ...base, body: [], buttons: [...buttons] }).template.components).toEqual([
      { type: 'button', sub_type: 'quick_reply', index: '0', parameters: [{ type: 'payload', payload: 'STOP' }] },
      { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'orders/12' }] },
      { type: 'button', sub_type: 'copy_code', index: '2', parameters: [{ type: 'coupon_code', coupon_code: 'KOPI10' }] },
    ])
  })
})

describe('documented limits', () => {
  const button = (id: string, title = id) => ({ id, title })
  const buttons = (...list: { id: string; title: string }[]): OutboundContent => ({ kind: 'interactive', text: 'x', buttons: list })
  const list = (...sections: { title?: string; rows: { id: string; title: string; description?: string }[] }[]): OutboundContent => ({
    kind: 'list',
    text: 'x',
    button: 'Menu',
    sections,
  })
  const rows = (count: number, from = 0) => Array.from({ length: count }, (_, index) => button(String(from + index)))
  const template = (more: object): OutboundContent => ({ kind: 'template', name: 'a_1', language: 'en', body: [], buttons: [], ...more })
  const x = (length: number) => 'x'.repeat(length)

  test.each([
    ['the longest text', { kind: 'text', text: x(4096) }],
    ['the longest caption', { kind: 'image', providerMediaId: '1', caption: x(1024) }],
    ['three buttons of full length', buttons(button(x(256), x(20)), button('b'), button('c'))],
    ['ten rows in two sections', list({ title: 'A', rows: rows(5) }, { title: 'B', rows: rows(5, 5) })],
    ['a row of full length', list({ rows: [{ id: x(200), title: x(24), description: x(72) }] })],
    ['ten buttons of a template', template({ buttons: rows(10).map((_, index) => ({ index, type: 'quick_reply', value: 'x' })) })],
    ['the whole earth', { kind: 'location', location: { latitude: -90, longitude: 180 } }],
  ] as [string, OutboundContent][])('%s may be sent', (_name, content) => {
    expect(limitBroken(message(content))).toBeNull()
  })

  test.each([
    ['no recipient', message(TEXT, { to: {} })],
    ['a number that is none', message(TEXT, { to: { phone: 'call me' } })],
    ['a number too long', message(TEXT, { to: { phone: '1'.repeat(16) } })],
  ])('%s may not', (_name, outbound) => {
    expect(limitBroken(outbound)).not.toBeNull()
  })

  test.each([
    ['an empty text', { kind: 'text', text: ' ' }],
    ['a long text', { kind: 'text', text: x(4097) }],
    ['a long caption', { kind: 'video', providerMediaId: '1', caption: x(1025) }],
    ['a caption on a voice note', { kind: 'voice', providerMediaId: '1', caption: 'x' }],
    ['a caption on a sticker', { kind: 'sticker', providerMediaId: '1', caption: 'x' }],
    ['a file nobody uploaded', { kind: 'image', providerMediaId: '' }],
    ['a place off the map', { kind: 'location', location: { latitude: 90.1, longitude: 0 } }],
    ['no latitude', { kind: 'location', location: { latitude: Number.NaN, longitude: 0 } }],
    ['no contacts', { kind: 'contacts', contacts: [] }],
    ['a nameless contact', { kind: 'contacts', contacts: [{ name: '', phones: [], emails: [] }] }],
    ['a reaction to nothing', { kind: 'reaction', targetExternalId: '', emoji: '👍' }],
    ['a reaction that is a novel', { kind: 'reaction', targetExternalId: 'w', emoji: x(65) }],
    ['no buttons', buttons()],
    ['four buttons', buttons(...rows(4))],
    ['a long button', buttons(button('a', x(21)))],
    ['a long button id', buttons(button(x(257), 'a'))],
    ['an empty button', buttons(button('a', ''))],
    ['one id twice', buttons(button('a', 'A'), button('a', 'B'))],
    ['one title twice', buttons(button('a', 'A'), button('b', 'A'))],
    ['a long question', { kind: 'interactive', text: x(1025), buttons: [button('a')] }],
    ['a long header', { kind: 'interactive', text: 'x', header: x(61), buttons: [button('a')] }],
    ['a long footer', { kind: 'interactive', text: 'x', footer: x(61), buttons: [button('a')] }],
    ['a long list text', { kind: 'list', text: x(4097), button: 'Menu', sections: [{ rows: rows(1) }] }],
    ['a long list button', { kind: 'list', text: 'x', button: x(21), sections: [{ rows: rows(1) }] }],
    ['no sections', list()],
    ['an empty section', list({ rows: [] })],
    ['eleven rows', list({ title: 'A', rows: rows(6) }, { title: 'B', rows: rows(5, 6) })],
    ['sections without titles', list({ rows: rows(1) }, { title: 'B', rows: rows(1, 1) })],
    ['a long section title', list({ title: x(25), rows: rows(1) })],
    ['a long row', list({ rows: [button('a', x(25))] })],
    ['a long row id', list({ rows: [button(x(201), 'a')] })],
    ['a long description', list({ rows: [{ id: 'a', title: 'a', description: x(73) }] })],
    ['a row id twice', list({ title: 'A', rows: rows(1) }, { title: 'B', rows: rows(1) })],
    ['a template of another name', template({ name: 'Order Update' })],
    ['a template without a language', template({ language: '' })],
    ['an empty parameter', template({ body: [{ text: '' }] })],
    ['named and positional at once', template({ body: [{ text: 'a' }, { name: 'b', text: 'b' }] })],
    ['a header nobody uploaded', template({ header: { kind: 'image', providerMediaId: '' } })],
    ['a button out of range', template({ buttons: [{ index: 10, type: 'url', value: 'x' }] })],
    [
      'one button twice',
      template({
        buttons: [
          { index: 0, type: 'url', value: 'x' },
          { index: 0, type: 'url', value: 'y' },
        ],
      }),
    ],
    ['an empty button parameter', template({ buttons: [{ index: 0, type: 'quick_reply', value: '' }] })],
    ['a long coupon', template({ buttons: [{ index: 0, type: 'copy_code', value: x(16) }] })],
  ] as [string, OutboundContent][])('%s may not be sent', (_name, content) => {
    expect(limitBroken(message(content))).not.toBeNull()
  })
})
