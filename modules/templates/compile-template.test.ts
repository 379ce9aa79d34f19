import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import { authentication, coupon, image, named, plain, positional, stored } from '#tests/builders/templates.ts'
import { compileTemplate } from './compile-template.ts'
import { TemplateValues } from './inputs.ts'
import { placeholdersOf } from './template-parts.ts'
import { type StoredTemplate, templateView } from './template-view.ts'

const compile = (template: StoredTemplate, values: Partial<TemplateValues> = {}) =>
  compileTemplate(template, TemplateValues.parse({ ...values }))

describe('what is sent', () => {
  const base = { kind: 'template', name: 'order_update', language: 'id' }

  test('a plain template', () => {
    expect(compile(plain)).toEqual({
      ok: true,
      value: {
        content: { ...base, body: [], buttons: [] },
        rendered: { header: null, body: 'We are open again.', footer: null, buttons: [] },
        headerFile: null,
      },
    })
  })

  test('positional parameters in order, and what the customer reads', () => {
    expect(compile(positional, { header: { text: 'Siti' }, body: ['860198', 'Friday'], buttons: [{ index: 1, value: '860198' }] })).toEqual(
      {
        ok: true,
        value: {
          content: {
            ...base,
            header: { kind: 'text', parameters: [{ text: 'Siti' }] },
            body: [{ text: '860198' }, { text: 'Friday' }],
            buttons: [{ index: 1, type: 'url', value: '860198' }],
          },
          rendered: {
            header: 'Hello Siti',
            body: 'Order 860198 ships on Friday. Order 860198!',
            footer: 'Reply STOP to stop',
            buttons: ['Thanks', 'Track', 'Call'],
          },
          headerFile: null,
        },
      },
    )
  })

  test('named parameters by name', () => {
    const filled = compile(named, { header: { text: 'Monday' }, body: { order_number: '7', first_name: 'Siti' } })
    expect(filled).toMatchObject({
      ok: true,
      value: {
        content: {
          header: { kind: 'text', parameters: [{ name: 'start', text: 'Monday' }] },
          body: [
            { name: 'first_name', text: 'Siti' },
            { name: 'order_number', text: '7' },
          ],
        },
        rendered: { header: 'Sale from Monday', body: 'Thank you, Siti! Your number is 7.' },
      },
    })
  })

  test('a picture’s place, and which file goes there', () => {
    const uploadId = newId('upload')
    expect(compile(image, { header: { uploadId } })).toMatchObject({
      ok: true,
      value: { content: { header: { kind: 'image', providerMediaId: '' } }, headerFile: { uploadId, kind: 'image' } },
    })
  })

  test('a coupon code in its button', () => {
    expect(compile(coupon, { body: ['25OFF'], buttons: [{ index: 0, value: '25OFF' }] })).toMatchObject({
      ok: true,
      value: { content: { buttons: [{ index: 0, type: 'copy_code', value: '25OFF' }] } },
    })
  })

  test.each([
    ['as a URL', authentication],
    [
      'as an OTP button',
      stored(
        [
          { type: 'body', text: '{{1}} is your code.' },
          { type: 'buttons', buttons: [{ type: 'otp', text: 'Copy' }] },
        ],
        { category: 'authentication' },
      ),
    ],
  ])('a verification code in the body and in its button %s', (_name, template) => {
    expect(compile(template, { body: ['123456'] })).toMatchObject({
      ok: true,
      value: { content: { body: [{ text: '123456' }], buttons: [{ index: 0, type: 'url', value: '123456' }] } },
    })
  })
})

describe('what is refused', () => {
  test.each([
    [
      'a missing value',
      positional,
      { header: { text: 'Siti' }, body: ['1'], buttons: [{ index: 1, value: '1' }] },
      [{ field: 'body.2', problem: 'missing' }],
    ],
    [
      'a missing header and button',
      positional,
      { body: ['1', '2'] },
      [
        { field: 'header', problem: 'missing' },
        { field: 'button.1', problem: 'missing' },
      ],
    ],
    ['one value too many', plain, { body: ['1'] }, [{ field: 'body.1', problem: 'unknown' }]],
    [
      'a name there is not',
      named,
      { header: { text: 'x' }, body: { first_name: 'a', order_number: 'b', nickname: 'c' } },
      [{ field: 'body.nickname', problem: 'unknown' }],
    ],
    [
      'a value for a button that takes none',
      coupon,
      {
        body: ['1'],
        buttons: [
          { index: 0, value: 'A' },
          { index: 3, value: 'B' },
        ],
      },
      [{ field: 'button.3', problem: 'unknown' }],
    ],
    [
      'a line break',
      plain.components && stored([{ type: 'BODY', text: 'Hi {{1}}.' }]),
      { body: ['two\nlines'] },
      [{ field: 'body.1', problem: 'forbidden_characters' }],
    ],
    [
      'a long gap',
      stored([{ type: 'BODY', text: 'Hi {{1}}.' }]),
      { body: ['a      b'] },
      [{ field: 'body.1', problem: 'forbidden_characters' }],
    ],
    [
      'a long header',
      stored([
        { type: 'HEADER', format: 'TEXT', text: '{{1}}' },
        { type: 'BODY', text: 'x' },
      ]),
      { header: { text: 'x'.repeat(61) } },
      [{ field: 'header', problem: 'too_long' }],
    ],
    [
      'a text where a picture belongs',
      image,
      { header: { text: 'x' } },
      [
        { field: 'header', problem: 'unknown' },
        { field: 'header', problem: 'missing' },
      ],
    ],
    ['no picture', image, {}, [{ field: 'header', problem: 'missing' }]],
  ] as [string, StoredTemplate, Partial<TemplateValues>, unknown][])('%s', (_name, template, values, detail) => {
    expect(compile(template, values)).toEqual({ ok: false, code: 'template_parameters_mismatch', detail })
  })

  test.each(['PENDING', 'REJECTED', 'PAUSED', 'DISABLED', 'DELETED'])('a template that is %s', (status) => {
    expect(compile({ ...plain, status })).toEqual({ ok: false, code: 'template_not_approved', detail: { status } })
    expect(templateView({ ...plain, status }).blockedBy).toBe('not_approved')
  })

  test.each([
    [
      'a location',
      [
        { type: 'HEADER', format: 'LOCATION' },
        { type: 'BODY', text: 'x' },
      ],
      ['HEADER LOCATION'],
    ],
    [
      'a carousel',
      [
        { type: 'BODY', text: 'x' },
        { type: 'CAROUSEL', cards: [] },
      ],
      ['CAROUSEL'],
    ],
    [
      'a catalogue',
      [
        { type: 'BODY', text: 'x' },
        { type: 'BUTTONS', buttons: [{ type: 'CATALOG', text: 'View' }] },
      ],
      ['BUTTON CATALOG'],
    ],
    ['a limited offer', [{ type: 'LIMITED_TIME_OFFER' }, { type: 'BODY', text: 'x' }], ['LIMITED_TIME_OFFER']],
  ])('%s, which we can’t fill', (_name, components, parts) => {
    expect(compile(stored(components))).toEqual({ ok: false, code: 'unsupported_by_channel', detail: { parts } })
  })
})

test('a form filled with fitting values always compiles, and leaves no placeholder', () => {
  const value = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme-ascii' })
    .filter((text) => text.trim() === text && text !== '' && !/ {5}|[{}]/.test(text))
  const text = fc
    .array(fc.oneof(fc.constantFrom('Hello', 'order', '{{1}}', '{{2}}', '{{3}}'), fc.constant(' ')), { minLength: 1 })
    .map((words) => words.join(' '))
  fc.assert(
    fc.property(text, fc.array(value, { minLength: 3, maxLength: 3 }), (body, values) => {
      const template = stored([{ type: 'BODY', text: body }])
      const filled = compile(template, { body: values.slice(0, templateView(template).form.body.length) })
      expect(filled.ok && placeholdersOf(filled.value.rendered.body)).toEqual([])
    }),
  )
})
