import { GraphError } from '../errors.ts'
import type { Template } from '../types.ts'
import type { Fields } from './fields.ts'
import { buttonsOf, type Component, componentOf, formatOf, textOf, variablesOf } from './template-parts.ts'

const MAX_TEMPLATES = 250
const CATEGORIES = ['MARKETING', 'UTILITY', 'AUTHENTICATION'] as const
const HEADER_FORMATS = ['TEXT', 'IMAGE', 'VIDEO', 'DOCUMENT', 'LOCATION']

/** A refusal of a template, which Graph words for people: title, text and a subcode beside code 100. */
function refuse(subcode: number, title: string, text: string): GraphError {
  return new GraphError(100, text, { message: 'Invalid parameter', subcode, userTitle: title })
}

/** Checks `POST /<WABA>/message_templates` (template components, 2025-11). @throws GraphError with Meta's subcodes */
export function readTemplateCreate(
  request: Fields,
  existing: readonly Template[],
): Pick<Template, 'name' | 'language' | 'category' | 'parameterFormat' | 'components'> {
  request.only(
    'name',
    'language',
    'category',
    'parameter_format',
    'components',
    'allow_category_change',
    'message_send_ttl_seconds',
    'sub_category',
  )
  const name = request.text('name', { max: 512 })
  if (!/^[a-z0-9_]+$/.test(name))
    throw refuse(2388042, 'Template name is wrong', 'The name may have lowercase letters, digits and underscores only.')
  const language = request.text('language', { max: 15 })
  const category = CATEGORIES.find((candidate) => candidate === request.text('category', { max: 30 }).toUpperCase())
  if (!category) throw refuse(2388042, 'Category is wrong', `The category must be one of ${CATEGORIES.join(', ')}.`)
  if (existing.some((template) => template.name === name && template.language === language)) {
    throw refuse(2388024, 'Content in this language already exists', `There is already ${language} content for this template.`)
  }
  if (existing.length >= MAX_TEMPLATES)
    throw refuse(2388019, 'Message template limit exceeded', `An account may have ${MAX_TEMPLATES} templates.`)
  const parameterFormat =
    request.has('parameter_format') && request.text('parameter_format', { max: 20 }).toUpperCase() === 'NAMED' ? 'NAMED' : 'POSITIONAL'
  const components = readComponents(request, category === 'AUTHENTICATION')
  for (const component of components) checkVariables(component, parameterFormat)
  return { name, language, category, parameterFormat, components }
}

/** Checks components alone, as an edit of a template sends them. */
export function readComponents(request: Fields, authentication: boolean): Component[] {
  const components = request
    .list('components', { min: 1, max: 10 })
    .map((_, index) => (request.raw('components') as Component[])[index] ?? {})
  const body = componentOf(components, 'BODY')
  if (!body) throw refuse(2388043, 'Body is missing', 'A template needs a BODY component.')
  if (!authentication) checkLength(textOf(body), 1, 1024, 'Body')
  const header = componentOf(components, 'HEADER')
  if (header) checkHeader(header)
  const footer = componentOf(components, 'FOOTER')
  if (footer && !authentication) checkLength(textOf(footer), 1, 60, 'Footer')
  checkButtons(components)
  return components
}

function checkHeader(header: Component): void {
  const format = formatOf(header)
  if (!HEADER_FORMATS.includes(format))
    throw refuse(2388043, 'Header is wrong', `The header format must be one of ${HEADER_FORMATS.join(', ')}.`)
  if (format === 'TEXT') {
    checkLength(textOf(header), 1, 60, 'Header')
    if (variablesOf(textOf(header)).length > 1) throw refuse(2388293, 'Too many variables', 'A header may have one variable.')
  } else if (format !== 'LOCATION' && !exampleOf(header, 'header_handle')) {
    throw refuse(2388043, 'Example is missing', `A header of format ${format} needs example.header_handle.`)
  }
}

function checkButtons(components: readonly Component[]): void {
  const buttons = buttonsOf(components)
  if (buttons.length > 10) throw refuse(2388056, 'Too many buttons', 'A template may have 10 buttons.')
  const count = (type: string) => buttons.filter((button) => button.type === type).length
  if (count('URL') > 2) throw refuse(2388056, 'Too many buttons', 'A template may have 2 URL buttons.')
  if (count('PHONE_NUMBER') > 1 || count('COPY_CODE') > 1)
    throw refuse(2388056, 'Too many buttons', 'A template may have one phone and one code button.')
  for (const button of buttons) {
    if (button.type !== 'OTP' && button.type !== 'COPY_CODE') checkLength(button.text, 1, 25, 'Button text')
    if (button.type === 'URL') checkUrl(button.url)
  }
  const groups = buttons
    .map((button) => button.type === 'QUICK_REPLY')
    .filter((quick, index, all) => index === 0 || quick !== all[index - 1])
  if (groups.length > 2) throw refuse(2388057, 'Buttons are mixed', 'Quick replies must stand together, before or after the others.')
}

function checkUrl(url: string): void {
  checkLength(url, 8, 2000, 'Button url')
  const variables = variablesOf(url)
  if (variables.length > 1 || (variables.length === 1 && !/\{\{\s*\w+\s*\}\}$/.test(url))) {
    throw refuse(2388299, 'Variable is misplaced', 'A button url may have one variable, at its end.')
  }
}

function checkVariables(component: Component, format: Template['parameterFormat']): void {
  const text = textOf(component)
  const names = variablesOf(text)
  if (names.length === 0) return
  const where = String(component.type).toLowerCase()
  if (where === 'body' && /^\s*\{\{\s*\w+\s*\}\}|\{\{\s*\w+\s*\}\}\s*$/.test(text)) {
    throw refuse(2388299, "Variables can't be at the start or end", 'The body begins or ends with a variable.')
  }
  if (/\}\}\s*\{\{/.test(text)) throw refuse(2388299, 'Variables are adjacent', 'Put words between two variables.')
  if (names.length > 1 && text.split(/\s+/).length < names.length * 2 + 1) {
    throw refuse(2388293, 'Too many variables for the length', 'Add words or take variables away.')
  }
  const positional = names.every((name) => /^\d+$/.test(name))
  if (positional !== (format === 'POSITIONAL'))
    throw refuse(2388042, 'Variables are mixed', `This template takes ${format.toLowerCase()} variables.`)
  if (positional && names.some((name, index) => Number(name) !== index + 1))
    throw refuse(2388042, 'Variables are out of order', 'Number them 1, 2, 3.')
  const key = positional ? `${where}_text` : `${where}_text_named_params`
  if (!exampleOf(component, key)) throw refuse(2388043, 'Example is missing', `Variables need example.${key}.`)
}

function exampleOf(component: Component, key: string): boolean {
  const example = component.example
  return typeof example === 'object' && example !== null && Array.isArray((example as Record<string, unknown>)[key])
}

function checkLength(text: string, min: number, max: number, what: string): void {
  const length = [...text].length
  if (length < min || length > max)
    throw refuse(2388040, 'Text has the wrong length', `${what} must be ${min} to ${max} characters, got ${length}.`)
}
