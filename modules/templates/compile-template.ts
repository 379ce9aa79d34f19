import type { OutboundContent } from '#channels/connector.ts'
import type { Result } from '#platform/result.ts'
import type { TemplateValues } from './inputs.ts'
import type { TemplateView } from './types.ts'

export type CompiledTemplate = Extract<OutboundContent, { kind: 'template' }>

/** Fills a template's form; `text` is what the customer will read. */
export function compileTemplate(
  template: TemplateView,
  values: TemplateValues,
): Result<{ content: CompiledTemplate; text: string }, 'template_not_approved' | 'template_parameters_mismatch'> {
  throw new Error('being written')
}
