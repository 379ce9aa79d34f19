import { z } from 'zod'

/**
 * A provider's stored components, read into the few parts we know how to show and fill. Pure and total: what is not known is
 * named in `unsupported`, so that a new kind of template is listed with a reason instead of being sent half empty.
 * Shapes: WhatsApp `message_templates` (docs of the Cloud API, section "Components"); types come in both cases.
 */
export interface TemplateParts {
  header: { kind: 'text'; text: string; examples: Examples } | { kind: 'image' | 'video' | 'document' } | null
  body: string
  bodyExamples: Examples
  footer: string | null
  buttons: TemplateButton[]
  /** Parts that need values we can't give (a catalogue, a carousel, a location), by the provider's names. */
  unsupported: string[]
}

export interface TemplateButton {
  type: 'quick_reply' | 'phone_number' | 'url' | 'copy_code' | 'otp'
  label: string
  /** For `url`: the address, with its placeholder. */
  url: string | null
  example: string | null
}

/** Example values by placeholder: `1` or `first_name`. */
export type Examples = ReadonlyMap<string, string>

const text = z.string().catch('')
const Named = z.array(z.object({ param_name: z.string(), example: text })).catch([])
const Example = z
  .object({
    header_text: z.array(text).catch([]),
    header_text_named_params: Named,
    body_text: z.array(z.array(text)).catch([]),
    body_text_named_params: Named,
  })
  .catch({ header_text: [], header_text_named_params: [], body_text: [], body_text_named_params: [] })
const Button = z.object({
  type: text,
  text,
  url: text,
  example: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
})
const Component = z.object({ type: text, format: text, text, example: Example, buttons: z.array(Button).catch([]) })

export function readParts(components: unknown): TemplateParts {
  const parts: TemplateParts = { header: null, body: '', bodyExamples: new Map(), footer: null, buttons: [], unsupported: [] }
  for (const component of z.array(Component).catch([]).parse(components)) readComponent(component, parts)
  return parts
}

function readComponent(component: z.infer<typeof Component>, parts: TemplateParts): void {
  const type = component.type.toUpperCase()
  const { example } = component
  if (type === 'HEADER') readHeader(component, parts)
  else if (type === 'BODY') {
    parts.body = component.text
    parts.bodyExamples = examplesOf(example.body_text[0] ?? [], example.body_text_named_params)
  } else if (type === 'FOOTER') parts.footer = component.text || null
  else if (type === 'BUTTONS') {
    for (const button of component.buttons) readButton(button, parts)
  } else parts.unsupported.push(type)
}

function readHeader({ format, text, example }: z.infer<typeof Component>, parts: TemplateParts): void {
  switch (format.toUpperCase()) {
    case 'TEXT':
      parts.header = { kind: 'text', text, examples: examplesOf(example.header_text, example.header_text_named_params) }
      return
    case 'IMAGE':
      parts.header = { kind: 'image' }
      return
    case 'VIDEO':
      parts.header = { kind: 'video' }
      return
    case 'DOCUMENT':
      parts.header = { kind: 'document' }
      return
    default:
      parts.unsupported.push(`HEADER ${format.toUpperCase()}`)
  }
}

const BUTTON_TYPES: Readonly<Record<string, TemplateButton['type']>> = {
  QUICK_REPLY: 'quick_reply',
  PHONE_NUMBER: 'phone_number',
  URL: 'url',
  COPY_CODE: 'copy_code',
  OTP: 'otp',
}

function readButton(button: z.infer<typeof Button>, parts: TemplateParts): void {
  const type = BUTTON_TYPES[button.type.toUpperCase()]
  if (!type) parts.unsupported.push(`BUTTON ${button.type.toUpperCase()}`)
  // An unknown button keeps its place, because the provider counts all of them.
  const example = Array.isArray(button.example) ? button.example[0] : button.example
  parts.buttons.push({ type: type ?? 'quick_reply', label: button.text, url: button.url || null, example: example ?? null })
}

function examplesOf(positional: readonly string[], named: z.infer<typeof Named>): Examples {
  return new Map([
    ...positional.map((example, index) => [String(index + 1), example] as const),
    ...named.map(({ param_name, example }) => [param_name, example] as const),
  ])
}

/** The placeholders of a text, each once: numbers in their order, names in the order of their first use. */
export function placeholdersOf(text: string): string[] {
  const found = [...new Set([...text.matchAll(/\{\{\s*([\w.-]{1,100})\s*\}\}/g)].map((match) => match[1] ?? ''))]
  return found.every((name) => /^\d+$/.test(name)) ? found.sort((a, b) => Number(a) - Number(b)) : found
}

/** The text with its placeholders filled in; those without a value stay as they are. */
export function fillPlaceholders(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\{\{\s*([\w.-]{1,100})\s*\}\}/g, (placeholder, name: string) => values.get(name) ?? placeholder)
}
