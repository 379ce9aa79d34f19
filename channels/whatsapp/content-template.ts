import type { OutboundContent, TemplateParameter } from '../connector.ts'

/** Outbound content of one kind. */
export type Content<Kind extends OutboundContent['kind']> = Extract<OutboundContent, { kind: Kind }>

type Template = Content<'template'>

/** A template with what fills it in (sections 2 and 11); components without parameters are not named at all. */
export function templateBody({ name, language, header, body, buttons }: Template): Record<string, unknown> {
  const components = [
    ...headerComponent(header),
    ...(body.length > 0 ? [{ type: 'body', parameters: body.map(textParameter) }] : []),
    ...buttons.map(buttonComponent),
  ]
  return { name, language: { code: language }, ...(components.length > 0 && { components }) }
}

function headerComponent(header: Template['header']): object[] {
  if (!header) return []
  if (header.kind === 'text')
    return header.parameters.length > 0 ? [{ type: 'header', parameters: header.parameters.map(textParameter) }] : []
  const file = { id: header.providerMediaId, ...(header.kind === 'document' && header.fileName && { filename: header.fileName }) }
  return [{ type: 'header', parameters: [{ type: header.kind, [header.kind]: file }] }]
}

/** Named templates name each parameter; positional ones go by order. */
function textParameter({ name, text }: TemplateParameter): object {
  return { type: 'text', ...(name && { parameter_name: name }), text }
}

const BUTTON_PARAMETERS = {
  quick_reply: (payload: string) => ({ type: 'payload', payload }),
  url: (suffix: string) => ({ type: 'text', text: suffix }),
  copy_code: (code: string) => ({ type: 'coupon_code', coupon_code: code }),
} as const

/** `index` counts all buttons of the template from 0, and is text. */
function buttonComponent({ index, type, value }: Template['buttons'][number]): object {
  return { type: 'button', sub_type: type, index: String(index), parameters: [BUTTON_PARAMETERS[type](value)] }
}
