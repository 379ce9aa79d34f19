import type { Id } from '#platform/ids.ts'
import { LIMITS } from '#platform/limits.ts'
import { placeholdersOf, readParts, type TemplateParts } from './template-parts.ts'
import type { TemplateField, TemplateForm, TemplatePreview, TemplateView } from './types.ts'

/** A template as it is stored: the provider's words, untouched. */
export interface StoredTemplate {
  id: Id<'template'>
  channelAccountId: Id<'channelAccount'>
  name: string
  language: string
  category: string
  status: string
  parameterFormat: 'positional' | 'named'
  components: unknown
}

/** Limits of the provider's own for what is filled in, characters (Cloud API, "Components"). */
const HEADER_CHARS = 60
const COPY_CODE_CHARS = 15

/** What screens and the compiler need to know of a template. Pure. */
export function templateView(stored: StoredTemplate): TemplateView {
  const parts = readParts(stored.components)
  const { id, channelAccountId, name, language, category, status } = stored
  const approved = status.toUpperCase() === 'APPROVED'
  return {
    id,
    channelAccountId,
    name,
    language,
    category,
    status,
    blockedBy: approved ? (parts.unsupported.length > 0 ? 'unsupported_parts' : null) : 'not_approved',
    preview: previewOf(parts),
    form: formOf(parts, stored),
  }
}

function previewOf(parts: TemplateParts): TemplatePreview {
  return {
    header: parts.header?.kind === 'text' ? parts.header.text : null,
    body: parts.body,
    footer: parts.footer,
    buttons: parts.buttons.map((button) => button.label),
  }
}

function formOf(parts: TemplateParts, { parameterFormat, category }: StoredTemplate): TemplateForm {
  const fieldsOf = (text: string, examples: ReadonlyMap<string, string>, maxChars: number): TemplateField[] =>
    placeholdersOf(text).map((name) => ({
      name: parameterFormat === 'named' ? name : null,
      placeholder: `{{${name}}}`,
      example: examples.get(name) || null,
      maxChars,
    }))
  return {
    header: headerForm(parts.header, fieldsOf),
    body: fieldsOf(parts.body, parts.bodyExamples, LIMITS.templateParameterChars),
    // The code of an authentication template is in its body already; its button carries the same one.
    buttons: category.toUpperCase() === 'AUTHENTICATION' ? [] : parts.buttons.flatMap(buttonForm),
  }
}

function headerForm(
  header: TemplateParts['header'],
  fieldsOf: (text: string, examples: ReadonlyMap<string, string>, maxChars: number) => TemplateField[],
): TemplateForm['header'] {
  if (header?.kind !== 'text') return header
  const [field] = fieldsOf(header.text, header.examples, HEADER_CHARS)
  return field ? { kind: 'text', field } : null
}

function buttonForm(button: TemplateParts['buttons'][number], index: number): TemplateForm['buttons'] {
  const fieldOf = (placeholder: string, maxChars: number) => ({ name: null, placeholder, example: button.example, maxChars })
  if (button.type === 'copy_code') return [{ index, type: 'copy_code', label: button.label, field: fieldOf('{{1}}', COPY_CODE_CHARS) }]
  const [name] = button.type === 'url' ? placeholdersOf(button.url ?? '') : []
  return name === undefined ? [] : [{ index, type: 'url', label: button.label, field: fieldOf(`{{${name}}}`, LIMITS.urlChars) }]
}
