import { describe, expect, test } from 'vitest'
import { DEMO_TEMPLATES } from '../demo-templates.ts'
import { GraphError } from '../errors.ts'
import type { Template } from '../types.ts'
import { Fields } from './fields.ts'
import { readTemplateSend } from './template-send.ts'

const templates: Template[] = DEMO_TEMPLATES.map((template, index) => ({
  id: String(index),
  wabaId: '1',
  name: template.name,
  language: template.language,
  category: template.category,
  parameterFormat: template.parameter_format ?? 'POSITIONAL',
  status: template.status ?? 'APPROVED',
  components: template.components as Record<string, unknown>[],
  rejectedReason: 'NONE',
  quality: 'UNKNOWN',
}))
const media = (id: string) => (id === '1' ? { mimeType: 'image/jpeg' } : undefined)
const send = (template: unknown, list: readonly Template[] = templates) =>
  readTemplateSend(Fields.of(template, 'template'), list, media).rendered
const codeOf = (template: unknown, list?: readonly Template[]) => {
  try {
    send(template, list)
    return 'taken'
  } catch (error) {
    if (error instanceof GraphError) return error.code
    throw error
  }
}
const texts = (...values: string[]) => values.map((text) => ({ type: 'text', text }))
const header = { type: 'header', parameters: texts('A-1042') }
const body = { type: 'body', parameters: texts('Maya', 'Thursday') }
const track = { type: 'button', sub_type: 'url', index: '1', parameters: texts('A-1042') }
const orderUpdate = (...components: unknown[]) => ({ name: 'order_update', language: { code: 'en_US' }, components })

test('variables are filled in, and buttons know what they lead to', () => {
  expect(send(orderUpdate(header, body, track))).toEqual({
    header: { kind: 'text', text: 'Your order A-1042' },
    body: 'Hello Maya, your order is on its way and should arrive by Thursday. We will tell you when it is out for delivery.',
    footer: 'Thank you for shopping with us',
    buttons: [
      { kind: 'quick_reply', text: 'Where is it now?', value: 'Where is it now?' },
      { kind: 'url', text: 'Track parcel', value: 'https://shop.example.com/track/A-1042' },
    ],
  })
})

test('named variables go by name, in any order', () => {
  const parameters = [
    { type: 'text', parameter_name: 'topic', text: 'your refund' },
    { type: 'text', parameter_name: 'first_name', text: 'Maya' },
  ]
  const rendered = send({ name: 'pick_up_where_we_left', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] })
  expect(rendered.body).toBe('Hello Maya, we have an answer to your question about your refund. May we send it here?')
})

test('a quick reply carries the payload it was given', () => {
  const payload = { type: 'button', sub_type: 'quick_reply', index: 0, parameters: [{ type: 'payload', payload: 'WHERE' }] }
  expect(send(orderUpdate(header, body, track, payload)).buttons[0]?.value).toBe('WHERE')
})

describe('refusals', () => {
  const offer = (...components: unknown[]) => ({ name: 'spring_offer', language: { code: 'en_US' }, components })
  const picture = (type: string, id: string) => ({ type: 'header', parameters: [{ type, [type]: { id } }] })
  const coupon = { type: 'button', sub_type: 'copy_code', index: '0', parameters: [{ type: 'coupon_code', coupon_code: 'SPRING20' }] }
  const greeting = { type: 'body', parameters: texts('Maya') }

  test.each([
    ['an unknown name', { name: 'nobody_knows', language: { code: 'en_US' } }, 132001],
    ['another language', { name: 'order_update', language: { code: 'de' } }, 132001],
    ['one under review', { name: 'feedback_request', language: { code: 'en_US' }, components: [greeting] }, 132001],
    ['one parameter too few', orderUpdate(header, greeting, track), 132000],
    ['one parameter too many', orderUpdate(header, { type: 'body', parameters: texts('a', 'b', 'c') }, track), 132000],
    ['no header parameter', orderUpdate(body, track), 132000],
    [
      'a header that the template does not have',
      { name: 'sign_in_code', language: { code: 'en_US' }, components: [header, greeting] },
      132000,
    ],
    ['no parameter for the link', orderUpdate(header, body), 131008],
    ['a button of another kind', orderUpdate(header, body, { ...track, sub_type: 'quick_reply' }), 132012],
    ['a line break in a parameter', orderUpdate(header, { type: 'body', parameters: texts('Maya', 'Thu\nFri') }, track), 132012],
    [
      'a picture as text',
      orderUpdate(header, { type: 'body', parameters: [...texts('Maya'), { type: 'image', image: { id: '1' } }] }, track),
      132012,
    ],
    [
      'a name where there are numbers',
      orderUpdate(header, { type: 'body', parameters: [{ ...texts('Maya')[0], parameter_name: 'x' }, ...texts('b')] }, track),
      132012,
    ],
    ['no picture in the header', offer(greeting, coupon), 132012],
    ['a video for a picture', offer(picture('video', '1'), greeting, coupon), 132012],
    ['a picture nobody uploaded', offer(picture('image', '2'), greeting, coupon), 100],
    ['no code to copy', offer(picture('image', '1'), greeting), 131008],
    ['text beyond 1,024 characters', orderUpdate(header, { type: 'body', parameters: texts('x'.repeat(1_000), 'y') }, track), 132005],
    ['everything right', offer(picture('image', '1'), greeting, coupon), 'taken'],
  ])('%s', (_what, template, outcome) => {
    expect(codeOf(template)).toBe(outcome)
  })

  test.each([
    ['PAUSED', 132015],
    ['DISABLED', 132016],
    ['REJECTED', 132001],
  ])('a template that is %s', (status, code) => {
    expect(
      codeOf(
        orderUpdate(header, body, track),
        templates.map((template) => ({ ...template, status })),
      ),
    ).toBe(code)
  })
})
