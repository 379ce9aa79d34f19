import type { TemplateValues } from '#modules/templates/index.ts'
import type { TemplateField, TemplateForm, TemplatePreview, TemplateView } from '#modules/templates/types.ts'
import type { Id } from '#platform/ids.ts'

/** What the person has filled in so far. Body by place, buttons by their index. */
export interface FilledIn {
  headerText: string
  headerUpload: Id<'upload'> | null
  body: string[]
  buttons: Record<number, string>
}

export const emptyFor = (form: TemplateForm): FilledIn => ({
  headerText: '',
  headerUpload: null,
  body: form.body.map(() => ''),
  buttons: {},
})

export function isComplete(form: TemplateForm, filled: FilledIn): boolean {
  const header = form.header === null || (form.header.kind === 'text' ? filled.headerText.trim() !== '' : filled.headerUpload !== null)
  return header && filled.body.every((value) => value.trim() !== '') && form.buttons.every(({ index }) => filled.buttons[index]?.trim())
}

/** As the server wants it: by name for named templates, in order for the others. */
export function valuesOf(form: TemplateForm, filled: FilledIn): TemplateValues {
  const isNamed = form.body.some((field) => field.name !== null)
  const body = isNamed
    ? Object.fromEntries(form.body.map((field, at) => [field.name ?? String(at + 1), (filled.body[at] ?? '').trim()]))
    : filled.body.map((value) => value.trim())
  return {
    ...headerOf(form, filled),
    body,
    buttons: form.buttons.map(({ index }) => ({ index, value: (filled.buttons[index] ?? '').trim() })),
  }
}

function headerOf(form: TemplateForm, filled: FilledIn): Pick<TemplateValues, 'header'> {
  if (form.header === null) return {}
  if (form.header.kind === 'text') return { header: { text: filled.headerText.trim() } }
  return filled.headerUpload === null ? {} : { header: { uploadId: filled.headerUpload } }
}

/** The template as the customer will see it; what is still empty keeps its placeholder. */
export function filledPreview(template: TemplateView, filled: FilledIn): TemplatePreview {
  const put = (text: string, fields: readonly TemplateField[], values: readonly string[]) =>
    fields.reduce((now, field, at) => (values[at]?.trim() ? now.replaceAll(field.placeholder, values[at] ?? '') : now), text)
  const { preview, form } = template
  const headerFields = form.header?.kind === 'text' ? [form.header.field] : []
  return {
    ...preview,
    header: preview.header === null ? null : put(preview.header, headerFields, [filled.headerText]),
    body: put(preview.body, form.body, filled.body),
  }
}

/** Templates whose name or words hold every word of the search. */
export function searchTemplates(templates: readonly TemplateView[], search: string): TemplateView[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  return templates.filter(({ name, language, preview }) => {
    const text = `${name} ${name.replaceAll('_', ' ')} ${language} ${preview.header ?? ''} ${preview.body}`.toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}
