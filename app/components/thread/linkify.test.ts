import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isLargeEmoji, linkify } from './linkify.ts'

const links = (text: string) => linkify(text).flatMap((part) => (part.kind === 'link' ? [[part.text, part.href]] : []))

test.each([
  ['See https://example.com/a?b=1#c.', [['https://example.com/a?b=1#c', 'https://example.com/a?b=1#c']]],
  ['(www.example.com/x)', [['www.example.com/x', 'https://www.example.com/x']]],
  [
    'https://en.wikipedia.org/wiki/Weft_(yarn)',
    [['https://en.wikipedia.org/wiki/Weft_(yarn)', 'https://en.wikipedia.org/wiki/Weft_(yarn)']],
  ],
  ['Write to sara@example.co.id!', [['sara@example.co.id', 'mailto:sara@example.co.id']]],
  ['Call +62 812-3456-7890', [['+62 812-3456-7890', 'tel:+6281234567890']]],
  ['اكتب لي على https://example.com، شكرا', [['https://example.com', 'https://example.com/']]],
  ['javascript:alert(1) and order 12345678', []],
])('%s', (text, found) => {
  expect(links(text)).toEqual(found)
})

test('no text is lost or changed', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('https://a.io/', 'www.b.co', ' ', ')', '.', 'x@y.zz', '+6281234567', '😀', '\n', 'أهلا')),
      (pieces) => {
        const text = pieces.join('')
        expect(
          linkify(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      },
    ),
  )
})

test.each([
  ['👍', true],
  ['👩🏽‍💻🇮🇩❤️', true],
  ['😀😀😀😀', false],
  ['ok 👍', false],
  ['1', false],
  ['', false],
])('%s is shown large: %s', (text, large) => {
  expect(isLargeEmoji(text)).toBe(large)
})
