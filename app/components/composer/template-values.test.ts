import { expect, test } from 'vitest'
import type { TemplateField, TemplateView } from '#modules/templates/types.ts'
import { idNumber } from '#tests/builders/views.ts'
import { emptyFor, filledPreview, isComplete, searchTemplates, valuesOf } from './template-values.ts'

const field = (placeholder: string, name: string | null = null): TemplateField => ({ name, placeholder, example: null, maxChars: 1_024 })
const aTemplate = (given: Partial<TemplateView> = {}): TemplateView => ({
  id: idNumber('template', 1),
  channelAccountId: idNumber('channelAccount', 1),
  name: 'order_ready',
  language: 'en_US',
  category: 'UTILITY',
  status: 'APPROVED',
  blockedBy: null,
  preview: { header: 'Order {{1}}', body: 'Hello {{1}}, order {{2}} is ready.', footer: null, buttons: ['Track'] },
  form: {
    header: { kind: 'text', field: field('{{1}}') },
    body: [field('{{1}}'), field('{{2}}')],
    buttons: [{ index: 1, type: 'url', label: 'Track', field: field('{{1}}') }],
  },
  ...given,
})

test('a template can be sent once everything is filled in', () => {
  const { form } = aTemplate()
  const filled = { headerText: '77', headerUpload: null, body: ['Sara', ' '], buttons: { 1: 'abc' } }
  expect(isComplete(form, emptyFor(form))).toBe(false)
  expect(isComplete(form, filled)).toBe(false)
  expect(isComplete(form, { ...filled, body: ['Sara', '77'] })).toBe(true)
})

test('positional fields travel in order, named ones by name', () => {
  const { form } = aTemplate()
  const filled = { headerText: ' 77 ', headerUpload: null, body: ['Sara ', '77'], buttons: { 1: 'abc' } }
  expect(valuesOf(form, filled)).toEqual({ header: { text: '77' }, body: ['Sara', '77'], buttons: [{ index: 1, value: 'abc' }] })
  const named = { ...form, header: null, buttons: [], body: [field('{{name}}', 'name'), field('{{order}}', 'order')] }
  expect(valuesOf(named, filled)).toEqual({ body: { name: 'Sara', order: '77' }, buttons: [] })
})

test('the preview shows what was filled in and what is missing', () => {
  const template = aTemplate()
  const { header, body } = filledPreview(template, { ...emptyFor(template.form), headerText: '77', body: ['Sara', ''] })
  expect([header, body]).toEqual(['Order 77', 'Hello Sara, order {{2}} is ready.'])
})

test('templates are found by any of their words', () => {
  const templates = [
    aTemplate(),
    aTemplate({ name: 'welcome', preview: { header: null, body: 'Selamat datang', footer: null, buttons: [] } }),
  ]
  const names = (search: string) => searchTemplates(templates, search).map(({ name }) => name)
  expect([names(''), names('order ready'), names('DATANG'), names('nothing')]).toEqual([
    ['order_ready', 'welcome'],
    ['order_ready'],
    ['welcome'],
    [],
  ])
})
