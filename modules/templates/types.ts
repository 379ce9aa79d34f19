import type { Id } from '#platform/ids.ts'

/** One thing to fill in before a template can be sent. `name` is set for templates with named parameters. */
export interface TemplateField {
  name: string | null
  /** What the provider shows for it: `{{1}}` or `{{first_name}}`. */
  placeholder: string
  example: string | null
  maxChars: number
}

/** What a template needs: the composer draws its form from this, and the compiler checks against the same. */
export interface TemplateForm {
  header: { kind: 'text'; field: TemplateField } | { kind: 'image' | 'video' | 'document' } | null
  body: TemplateField[]
  /** Only buttons that need a value; `index` counts all buttons of the template from 0. */
  buttons: { index: number; type: 'url' | 'copy_code'; label: string; field: TemplateField }[]
}

/** The template as the customer will see it, placeholders still in it. */
export interface TemplatePreview {
  header: string | null
  body: string
  footer: string | null
  buttons: string[]
}

export interface TemplateView {
  id: Id<'template'>
  channelAccountId: Id<'channelAccount'>
  name: string
  language: string
  category: string
  /** The provider's own word, e.g. `APPROVED`, `PAUSED`. */
  status: string
  /** Why it can't be sent now: the provider has not approved it, or it has parts we can't fill (catalogue, carousel, location). */
  blockedBy: 'not_approved' | 'unsupported_parts' | null
  preview: TemplatePreview
  form: TemplateForm
}
