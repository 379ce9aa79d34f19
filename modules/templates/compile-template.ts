import type { OutboundContent, TemplateParameter } from '#channels/connector.ts'
import type { Id } from '#platform/ids.ts'
import { fail, ok, type Result } from '#platform/result.ts'
import type { TemplateValues } from './inputs.ts'
import { fillPlaceholders, readParts, type TemplateParts } from './template-parts.ts'
import { type StoredTemplate, templateView } from './template-view.ts'
import type { TemplateField, TemplateForm, TemplatePreview } from './types.ts'

type TemplateContent = Extract<OutboundContent, { kind: 'template' }>

export interface CompiledTemplate {
  /** For the connector. A header file has no provider id yet: the sender puts it in after handing the file over. */
  content: TemplateContent
  /** What the customer will read, for the bubble. */
  rendered: TemplatePreview
  /** The file of a media header, and the kind it must have. */
  headerFile: { uploadId: Id<'upload'>; kind: 'image' | 'video' | 'document' } | null
}

/** What is wrong with one value, for the form to show beside it. */
export interface TemplateMismatch {
  /** `header`, `body.1`, `body.first_name`, `button.0`. */
  field: string
  problem: 'missing' | 'unknown' | 'too_long' | 'forbidden_characters'
}

/**
 * Fills in a template. The provider refuses what does not fit to the letter, so nothing is guessed: every field of the form has
 * exactly one value, within its length, without line breaks or long gaps (error 132018).
 * @returns `template_not_approved`, `unsupported_by_channel` for parts we can't fill, or `template_parameters_mismatch` with a
 *   list of `TemplateMismatch`
 */
export function compileTemplate(
  stored: StoredTemplate,
  values: TemplateValues,
): Result<CompiledTemplate, 'template_not_approved' | 'unsupported_by_channel' | 'template_parameters_mismatch'> {
  const { form, blockedBy, category } = templateView(stored)
  if (blockedBy === 'not_approved') return fail('template_not_approved', { status: stored.status })
  const parts = readParts(stored.components)
  if (blockedBy === 'unsupported_parts') return fail('unsupported_by_channel', { parts: parts.unsupported })

  const given = valuesByField(form, values)
  const mismatches = [...given.unknown.map((field) => ({ field, problem: 'unknown' as const })), ...checkFields(form, given)]
  if (mismatches.length > 0) return fail('template_parameters_mismatch', mismatches)

  const code = category.toUpperCase() === 'AUTHENTICATION' ? given.body[0] : undefined
  return ok({
    content: {
      kind: 'template',
      name: stored.name,
      language: stored.language,
      ...headerContent(form, given),
      body: form.body.map((field, index) => parameter(field, given.body[index])),
      buttons: [
        ...form.buttons.map(({ index, type }) => ({ index, type, value: given.buttons.get(index) ?? '' })),
        ...codeButtons(parts, code),
      ],
    },
    rendered: render(parts, form, given),
    headerFile: given.file && form.header && form.header.kind !== 'text' ? { uploadId: given.file, kind: form.header.kind } : null,
  })
}

/** The values in the order of the form's fields; a hole where one is missing. */
interface GivenValues {
  header: string | undefined
  file: Id<'upload'> | undefined
  body: (string | undefined)[]
  buttons: Map<number, string>
  unknown: string[]
}

function valuesByField(form: TemplateForm, { header, body, buttons }: TemplateValues): GivenValues {
  const unknown: string[] = []
  const isFile = header !== undefined && 'uploadId' in header
  if (header && (form.header === null || (form.header.kind === 'text') === isFile)) unknown.push('header')
  const wanted = new Set(form.buttons.map((button) => button.index))
  unknown.push(...buttons.filter((button) => !wanted.has(button.index)).map((button) => `button.${button.index}`))
  return {
    header: header && 'text' in header ? header.text : undefined,
    file: isFile ? header.uploadId : undefined,
    body: bodyValues(form.body, body, unknown),
    buttons: new Map(buttons.map((button) => [button.index, button.value])),
    unknown,
  }
}

function bodyValues(fields: readonly TemplateField[], body: TemplateValues['body'], unknown: string[]): (string | undefined)[] {
  if (Array.isArray(body)) {
    unknown.push(...body.slice(fields.length).map((_, index) => `body.${fields.length + index + 1}`))
    return fields.map((_, index) => body[index])
  }
  const names = new Set(fields.map(nameOf))
  unknown.push(...Object.keys(body).flatMap((name) => (names.has(name) ? [] : [`body.${name}`])))
  return fields.map((field) => body[nameOf(field)])
}

function checkFields(form: TemplateForm, given: GivenValues): TemplateMismatch[] {
  const mismatches: TemplateMismatch[] = []
  const check = (field: string, value: string | undefined, maxChars: number) => {
    if (value === undefined || value.trim() === '') mismatches.push({ field, problem: 'missing' })
    else if (value.length > maxChars) mismatches.push({ field, problem: 'too_long' })
    else if (/[\n\r\t]| {5,}/.test(value)) mismatches.push({ field, problem: 'forbidden_characters' })
  }
  if (form.header?.kind === 'text') check('header', given.header, form.header.field.maxChars)
  else if (form.header && given.file === undefined) mismatches.push({ field: 'header', problem: 'missing' })
  for (const [index, field] of form.body.entries()) check(`body.${nameOf(field)}`, given.body[index], field.maxChars)
  for (const { index, field } of form.buttons) check(`button.${index}`, given.buttons.get(index), field.maxChars)
  return mismatches
}

function headerContent(form: TemplateForm, given: GivenValues): Pick<TemplateContent, 'header'> {
  if (form.header === null) return {}
  if (form.header.kind === 'text') return { header: { kind: 'text', parameters: [parameter(form.header.field, given.header)] } }
  return { header: { kind: form.header.kind, providerMediaId: '' } }
}

/** An authentication template's button takes the code a second time, whichever way it copies it. */
function codeButtons(parts: TemplateParts, code: string | undefined): TemplateContent['buttons'] {
  if (code === undefined) return []
  return parts.buttons.flatMap((button, index) =>
    button.type === 'otp' || button.type === 'url' ? [{ index, type: 'url' as const, value: code }] : [],
  )
}

function parameter(field: TemplateField, text = ''): TemplateParameter {
  return field.name === null ? { text } : { name: field.name, text }
}

function render(parts: TemplateParts, form: TemplateForm, given: GivenValues): TemplatePreview {
  const body = new Map(form.body.map((field, index) => [nameOf(field), given.body[index] ?? '']))
  const header = form.header?.kind === 'text' ? new Map([[nameOf(form.header.field), given.header ?? '']]) : new Map<string, string>()
  return {
    header: parts.header?.kind === 'text' ? fillPlaceholders(parts.header.text, header) : null,
    body: fillPlaceholders(parts.body, body),
    footer: parts.footer,
    buttons: parts.buttons.map((button) => button.label),
  }
}

/** `{{first_name}}` -> `first_name`. */
function nameOf(field: TemplateField): string {
  return field.placeholder.slice(2, -2)
}
