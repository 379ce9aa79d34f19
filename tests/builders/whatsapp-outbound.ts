import type { OutboundContent, OutboundMessage, TemplateParameter } from '#channels/connector.ts'

type Json = Record<string, unknown>
const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {})
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : [])
const words = (value: unknown): string => String(value ?? '')
const optional = (value: unknown): string | undefined => (value === undefined ? undefined : String(value))

/**
 * The message of ours that says what somebody else's request says, so that the two requests can be compared.
 * @returns null for what we do not offer: flows, link buttons, carousels, products, groups and the like
 */
export function outboundOf(body: Json): OutboundMessage | null {
  const content = body.recipient_type === 'group' ? null : contentOf(body)
  if (!content) return null
  const to = body.recipient === undefined ? { phone: words(body.to) } : { bsuid: words(body.recipient) }
  const replyToExternalId = optional(object(body.context).message_id)
  return { echo: 'atm_fixture', from: '1', to, content, replyToExternalId }
}

function contentOf(body: Json): OutboundContent | null {
  const own = object(body[words(body.type)])
  switch (body.type) {
    case 'text':
      return { kind: 'text', text: words(own.body), previewUrl: own.preview_url === true }
    case 'image':
    case 'video':
    case 'sticker':
    case 'document':
      return { kind: body.type, providerMediaId: fileOf(own), caption: optional(own.caption), fileName: optional(own.filename) }
    case 'audio':
      return { kind: own.voice === true ? 'voice' : 'audio', providerMediaId: fileOf(own) }
    case 'location':
      return { kind: 'location', location: own as unknown as Extract<OutboundContent, { kind: 'location' }>['location'] }
    case 'reaction':
      return { kind: 'reaction', targetExternalId: words(own.message_id), emoji: words(own.emoji) || null }
    case 'interactive':
      return interactiveOf(own)
    case 'template':
      return templateOf(own)
    default:
      return null
  }
}

/** We send files by id only; theirs may come by address, and in either case the comparison is about the rest. */
function fileOf(file: Json): string {
  return words(file.id ?? file.link)
}

function interactiveOf(own: Json): OutboundContent | null {
  const header = object(own.header)
  if (header.type !== undefined && header.type !== 'text') return null
  const frame = { text: words(object(own.body).text), header: optional(header.text), footer: optional(object(own.footer).text) }
  const action = object(own.action)
  if (own.type === 'button') {
    const buttons = list(action.buttons).map((button) => object(button.reply) as { id: string; title: string })
    return { kind: 'interactive', ...frame, buttons }
  }
  if (own.type !== 'list') return null
  const sections = list(action.sections).map((section) => ({
    title: optional(section.title),
    rows: list(section.rows) as { id: string; title: string }[],
  }))
  return { kind: 'list', ...frame, button: words(action.button), sections }
}

type Template = Extract<OutboundContent, { kind: 'template' }>

function templateOf(own: Json): OutboundContent | null {
  const template: Template = { kind: 'template', name: words(own.name), language: words(object(own.language).code), body: [], buttons: [] }
  for (const component of list(own.components)) {
    const parameters = list(component.parameters)
    const [first = {}] = parameters
    if (component.type === 'body' && parameters.every((parameter) => parameter.type === 'text')) template.body = parameters.map(parameterOf)
    else if (component.type === 'header' && first.type === 'text')
      template.header = { kind: 'text', parameters: parameters.map(parameterOf) }
    else if (component.type === 'header' && ['image', 'video', 'document'].includes(words(first.type))) {
      const kind = first.type as 'image' | 'video' | 'document'
      template.header = { kind, providerMediaId: fileOf(object(first[kind])), fileName: optional(object(first[kind]).filename) }
    } else if (component.type === 'button' && ['quick_reply', 'url', 'copy_code'].includes(words(component.sub_type))) {
      const value = words(first.payload ?? first.text ?? first.coupon_code)
      template.buttons.push({ index: Number(component.index), type: component.sub_type as 'quick_reply' | 'url' | 'copy_code', value })
    } else return null
  }
  return template
}

function parameterOf(parameter: Json): TemplateParameter {
  return { name: optional(parameter.parameter_name), text: words(parameter.text) }
}
