import { GraphError } from '../errors.ts'
import type { Fields } from './fields.ts'
import { checkMediaRef, type KnowsMedia } from './media.ts'

/** Limits of interactive messages (Cloud API, interactive messages; 2025-11). */
const LIMITS = {
  body: 1024,
  listBody: 4096,
  short: 60,
  buttonTitle: 20,
  buttonId: 256,
  rowId: 200,
  rowTitle: 24,
  description: 72,
  url: 2000,
}

const CHECKS: Readonly<Record<string, (action: Fields) => void>> = {
  button: checkButtons,
  list: checkList,
  cta_url: checkLink,
  location_request_message: (action) => void action.only('name').oneOf('name', ['send_location']),
  flow: checkFlow,
}

/** Types whose catalogue this sandbox does not have: taken as they are. */
const UNCHECKED = ['product', 'product_list', 'catalog_message', 'address_message', 'call_permission_request', 'voice_call', 'carousel']

export function checkInteractive(interactive: Fields, media: KnowsMedia): void {
  const type = interactive.oneOf('type', [...Object.keys(CHECKS), ...UNCHECKED])
  interactive.only('type', 'header', 'body', 'footer', 'action')
  const action = interactive.object('action')
  const check = CHECKS[type]
  if (!check) return
  checkHeader(interactive.optionalObject('header'), type, media)
  interactive
    .object('body')
    .only('text')
    .text('text', { max: type === 'list' ? LIMITS.listBody : LIMITS.body })
  interactive.optionalObject('footer')?.only('text').text('text', { max: LIMITS.short })
  check(action)
}

function checkHeader(header: Fields | undefined, type: string, media: KnowsMedia): void {
  if (!header) return
  const kind = header.oneOf('type', type === 'list' ? ['text'] : ['text', 'image', 'video', 'document'])
  header.only('type', kind, ...(kind === 'text' ? ['sub_text'] : []))
  if (kind === 'text') header.text('text', { max: LIMITS.short })
  else checkMediaRef(header.object(kind), kind, media)
}

function checkButtons(action: Fields): void {
  const replies = action
    .only('buttons')
    .list('buttons', { min: 1, max: 3 })
    .map((button) => {
      button.only('type', 'reply').oneOf('type', ['reply'])
      const reply = button.object('reply').only('id', 'title')
      return { id: reply.text('id', { max: LIMITS.buttonId }), title: reply.text('title', { max: LIMITS.buttonTitle }) }
    })
  refuseTwice(
    replies.map((reply) => reply.id),
    'Button ids',
  )
  refuseTwice(
    replies.map((reply) => reply.title),
    'Button titles',
  )
}

function checkList(action: Fields): void {
  action.only('button', 'sections').text('button', { max: LIMITS.buttonTitle })
  const sections = action.list('sections', { min: 1, max: 10 })
  const ids: string[] = []
  for (const section of sections) {
    section.only('title', 'rows')
    if (sections.length > 1 || section.has('title')) section.text('title', { max: LIMITS.rowTitle })
    for (const row of section.list('rows', { min: 1, max: 10 })) {
      row.only('id', 'title', 'description')
      ids.push(row.text('id', { max: LIMITS.rowId }))
      row.text('title', { max: LIMITS.rowTitle })
      row.optionalText('description', { max: LIMITS.description, min: 0 })
    }
  }
  if (ids.length > 10) throw new GraphError(131009, `Total row count exceeds the maximum of 10, got ${ids.length}.`)
  refuseTwice(ids, 'Row ids')
}

function checkLink(action: Fields): void {
  action.only('name', 'parameters').oneOf('name', ['cta_url'])
  const parameters = action.object('parameters').only('display_text', 'url')
  parameters.text('display_text', { max: LIMITS.buttonTitle })
  refuseOtherThanUrl(parameters.text('url', { max: LIMITS.url }))
}

function checkFlow(action: Fields): void {
  action.only('name', 'parameters').oneOf('name', ['flow'])
  const parameters = action.object('parameters')
  parameters.oneOf('flow_message_version', ['3'])
  parameters.text('flow_cta', { max: 30 })
  if (!parameters.has('flow_id') && !parameters.has('flow_name')) throw new GraphError(131008, 'Param flow_id or flow_name is required.')
}

function refuseTwice(values: readonly string[], what: string): void {
  if (new Set(values).size < values.length) throw new GraphError(131009, `${what} must be unique.`)
}

function refuseOtherThanUrl(url: string): void {
  if (!/^https?:\/\/[^\s]+$/.test(url)) throw new GraphError(131009, `The url "${url.slice(0, 80)}" is not valid.`)
}
