import { describe, expect, test } from 'vitest'
import { authentication, coupon, image, named, plain, positional, stored } from '#tests/builders/templates.ts'
import { templateView } from './template-view.ts'

describe('what a template asks for', () => {
  test.each([
    ['nothing', plain, { header: null, body: [], buttons: [] }],
    [
      'numbers in their order, each once, and a button’s part of an address',
      positional,
      {
        header: { kind: 'text', field: { name: null, placeholder: '{{1}}', example: 'Pablo', maxChars: 60 } },
        body: [
          { name: null, placeholder: '{{1}}', example: '860198', maxChars: 1024 },
          { name: null, placeholder: '{{2}}', example: 'Friday', maxChars: 1024 },
        ],
        buttons: [
          {
            index: 1,
            type: 'url',
            label: 'Track',
            field: { name: null, placeholder: '{{1}}', example: 'https://shop.example/t/860198', maxChars: 2048 },
          },
        ],
      },
    ],
    [
      'names in the order of their use',
      named,
      {
        header: { kind: 'text', field: { name: 'start', placeholder: '{{start}}', example: 'Monday', maxChars: 60 } },
        body: [
          { name: 'first_name', placeholder: '{{first_name}}', example: 'Pablo', maxChars: 1024 },
          { name: 'order_number', placeholder: '{{order_number}}', example: '1', maxChars: 1024 },
        ],
        buttons: [],
      },
    ],
    ['a picture', image, { header: { kind: 'image' }, body: [], buttons: [] }],
    [
      'a code to copy',
      coupon,
      {
        header: null,
        body: [{ name: null, placeholder: '{{1}}', example: '25OFF', maxChars: 1024 }],
        buttons: [
          {
            index: 0,
            type: 'copy_code',
            label: 'Copy offer code',
            field: { name: null, placeholder: '{{1}}', example: '25OFF', maxChars: 15 },
          },
        ],
      },
    ],
    [
      'a verification code once, though it travels twice',
      authentication,
      { header: null, body: [{ name: null, placeholder: '{{1}}', example: '123456', maxChars: 1024 }], buttons: [] },
    ],
  ])('%s', (_name, template, form) => {
    expect(templateView(template).form).toEqual(form)
    expect(templateView(template).blockedBy).toBeNull()
  })
})

test.each([
  ['no list', null],
  ['a list of nonsense', [1, 'x', null]],
  ['wrong types', [{ type: 'BODY', text: 7 }]],
])('components that are %s make a template with nothing in it', (_name, components) => {
  expect(templateView(stored(components)).form).toEqual({ header: null, body: [], buttons: [] })
})
