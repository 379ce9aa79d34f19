import { GraphError } from '../errors.ts'
import type { Template } from '../types.ts'
import type { Fields } from './fields.ts'
import { checkMediaRef, type KnowsMedia } from './media.ts'
import { buttonsOf, componentOf, fillVariables, formatOf, type TemplateButton, textOf, variablesOf } from './template-parts.ts'

/** A template as the phone shows it: variables filled in, buttons with what tapping them yields. */
export interface RenderedTemplate {
  header:
    | { kind: 'text'; text: string }
    | { kind: 'image' | 'video' | 'document'; media: unknown }
    | { kind: 'location'; location: unknown }
    | null
  body: string
  footer: string | null
  buttons: { kind: 'quick_reply' | 'url' | 'phone' | 'code' | 'other'; text: string; value: string }[]
}

/** Longest text after filling in variables, characters. */
const HYDRATED_CHARS = 1024

/**
 * Checks `template` against the templates of the account, and fills it in.
 * @throws GraphError 132001 (missing, not approved), 132015, 132016, 132000 (count), 132012 (format), 132005 (too long), 131008 (button)
 */
export function readTemplateSend(
  part: Fields,
  templates: readonly Template[],
  media: KnowsMedia,
): { template: Template; rendered: RenderedTemplate } {
  part.only('name', 'language', 'components', 'namespace')
  const name = part.text('name', { max: 512 })
  const language = part.object('language').only('code', 'policy').text('code', { max: 15 })
  const template = findApproved(templates, name, language)
  const components = part.optionalList('components', { min: 0, max: 20 })
  const sent = (type: string) => components.find((component) => component.text('type', { max: 30 }).toLowerCase() === type)
  const buttons = components.filter((component) => component.text('type', { max: 30 }).toLowerCase() === 'button')
  const footer = componentOf(template.components, 'FOOTER')
  return {
    template,
    rendered: {
      header: renderHeader(template, sent('header'), media),
      body: renderBody(template, sent('body')),
      footer: footer ? textOf(footer) : null,
      buttons: buttonsOf(template.components).map((button, index) => renderButton(button, index, buttons)),
    },
  }
}

function findApproved(templates: readonly Template[], name: string, language: string): Template {
  const template = templates.find((candidate) => candidate.name === name && candidate.language === language)
  if (template?.status === 'PAUSED') throw new GraphError(132015)
  if (template?.status === 'DISABLED') throw new GraphError(132016)
  if (template?.status !== 'APPROVED') throw new GraphError(132001, `template name (${name}) does not exist in ${language}`)
  return template
}

function renderHeader(template: Template, sent: Fields | undefined, media: KnowsMedia): RenderedTemplate['header'] {
  const header = componentOf(template.components, 'HEADER')
  if (!header) {
    if (sent) throw new GraphError(132000, 'header: number of localizable_params (1) does not match the expected number of params (0)')
    return null
  }
  const format = formatOf(header)
  if (format === 'TEXT') return { kind: 'text', text: fill(template, textOf(header), sent, 'header') }
  const parameter = sent?.optionalList('parameters', { min: 0, max: 1 })[0]
  const received = parameter?.text('type', { max: 30 }) ?? 'unknown'
  if (!parameter || received.toUpperCase() !== format) {
    throw new GraphError(132012, `header: Format mismatch, expected ${format}, received ${received.toUpperCase()}`)
  }
  if (received === 'location') return { kind: 'location', location: parameter.raw('location') }
  if (received !== 'image' && received !== 'video' && received !== 'document')
    throw new GraphError(132012, `header: ${format} is not supported`)
  checkMediaRef(parameter.object(received), received, media)
  return { kind: received, media: parameter.raw(received) }
}

function renderBody(template: Template, sent: Fields | undefined): string {
  const body = componentOf(template.components, 'BODY')
  const text = fill(template, body ? textOf(body) : '', sent, 'body')
  if ([...text].length > HYDRATED_CHARS) throw new GraphError(132005, `body: the text is ${[...text].length} characters long`)
  return text
}

function fill(template: Template, text: string, sent: Fields | undefined, where: 'header' | 'body'): string {
  const wanted = variablesOf(text)
  const parameters = sent?.optionalList('parameters', { min: 0, max: 100 }) ?? []
  if (parameters.length !== wanted.length) {
    throw new GraphError(
      132000,
      `${where}: number of localizable_params (${parameters.length}) does not match the expected number of params (${wanted.length})`,
    )
  }
  const named = template.parameterFormat === 'NAMED'
  const values = new Map(
    parameters.map((parameter, index) => {
      const value = readText(parameter, where)
      if (!named && parameter.has('parameter_name')) {
        throw new GraphError(132012, `${where}: parameter_name is only for templates with named parameters`)
      }
      return [named ? parameter.text('parameter_name', { max: 100 }) : (wanted[index] ?? ''), value] as const
    }),
  )
  const absent = wanted.find((name) => !values.has(name))
  if (absent !== undefined) throw new GraphError(132000, `${where}: parameter ${absent} is missing`)
  return fillVariables(text, values)
}

function readText(parameter: Fields, where: string): string {
  const type = parameter.text('type', { max: 30 })
  if (type === 'currency') return parameter.object('currency').text('fallback_value', { max: HYDRATED_CHARS })
  if (type === 'date_time') return parameter.object('date_time').text('fallback_value', { max: HYDRATED_CHARS })
  if (type !== 'text') throw new GraphError(132012, `${where}: Format mismatch, expected TEXT, received ${type.toUpperCase()}`)
  const text = parameter.only('type', 'text', 'parameter_name').text('text', { max: HYDRATED_CHARS })
  if (/[\n\t]| {5,}/.test(text)) {
    throw new GraphError(132012, `${where}: Param text cannot have new-line/tab characters or more than 4 consecutive spaces`)
  }
  return text
}

const SUB_TYPES: Readonly<Record<string, string>> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  COPY_CODE: 'copy_code',
  OTP: 'url',
  FLOW: 'flow',
}

function renderButton(button: TemplateButton, index: number, sent: readonly Fields[]): RenderedTemplate['buttons'][number] {
  const component = sent.find((candidate) => Number(candidate.raw('index')) === index)
  const subType = component?.text('sub_type', { max: 30 }).toLowerCase()
  if (component && subType !== SUB_TYPES[button.type]) {
    throw new GraphError(132012, `buttons: Button at index ${index} must be of type ${button.type}, received ${subType}`)
  }
  const parameter = component?.optionalList('parameters', { min: 0, max: 1 })[0]
  const given = parameter && (parameter.raw('payload') ?? parameter.raw('text') ?? parameter.raw('coupon_code'))
  const needed = button.type === 'COPY_CODE' || button.type === 'OTP' || (button.type === 'URL' && variablesOf(button.url).length > 0)
  if (needed && typeof given !== 'string')
    throw new GraphError(131008, `buttons: Button at index ${index} of type ${button.type} requires a parameter`)
  const value = typeof given === 'string' ? given : ''
  if (button.type === 'QUICK_REPLY') return { kind: 'quick_reply', text: button.text, value: value || button.text }
  if (button.type === 'URL') return { kind: 'url', text: button.text, value: fillVariables(button.url, new Map([['1', value]])) }
  if (button.type === 'PHONE_NUMBER') return { kind: 'phone', text: button.text, value: button.phoneNumber }
  if (button.type === 'COPY_CODE' || button.type === 'OTP') return { kind: 'code', text: button.text, value }
  return { kind: 'other', text: button.text, value }
}
