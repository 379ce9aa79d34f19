import { GraphError, unknownObject } from '../whatsapp/errors.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { Fields } from '../whatsapp/rules/fields.ts'
import { readComponents, readTemplateCreate } from '../whatsapp/rules/template-create.ts'
import { addTemplate, changeTemplate, deleteTemplates, editTemplate, templateAnswer } from '../whatsapp/templates.ts'
import type { Template } from '../whatsapp/types.ts'
import { accountFor, answerScripted, type GraphApp, type GraphContext, objectId, requestFields } from './edge.ts'

/** `/<WABA>/message_templates` and `/<TEMPLATE_ID>/unpause`. */
export function templateRoutes(app: GraphApp, provider: Provider): void {
  app.get('/:version/:id/message_templates', async (c) => (await scriptedAnswer(provider, c)) ?? listTemplates(provider, c))
  app.post('/:version/:id/message_templates', async (c) => {
    const { wabaId } = accountFor(provider, c)
    const scripted = await scriptedAnswer(provider, c)
    if (scripted) return scripted
    const input = readTemplateCreate(await requestFields(c), provider.ledger.world.templatesOfWaba(wabaId))
    const { id, status, category } = await addTemplate(provider, wabaId, input)
    return c.json({ id, status, category })
  })
  app.delete('/:version/:id/message_templates', async (c) => {
    const { wabaId } = accountFor(provider, c)
    const name = c.req.query('name')
    if (!name) throw new GraphError(100, undefined, { message: '(#100) The parameter name is required.' })
    const gone = await deleteTemplates(provider, wabaId, { name, id: c.req.query('hsm_id') })
    if (gone === 0)
      throw new GraphError(100, `There is no template named ${name}.`, { subcode: 2593002, userTitle: 'Message template not found' })
    return c.json({ success: true })
  })
  app.post('/:version/:id/unpause', async (c) => {
    const template = provider.ledger.world.templates.get(objectId(c))
    if (!template) throw unknownObject(objectId(c), 'POST')
    accountFor(provider, c, template.wabaId)
    if (template.status !== 'PAUSED') return c.json({ success: false, reason: 'The template is not paused.' })
    await changeTemplate(provider, template.id, { status: 'APPROVED' })
    return c.json({ success: true })
  })
}

/** What `GET /<TEMPLATE_ID>` and `POST /<TEMPLATE_ID>` (an edit, reviewed again) do. */
export async function answerTemplate(provider: Provider, c: GraphContext, template: Template): Promise<Response> {
  accountFor(provider, c, template.wabaId)
  if (c.req.method === 'GET') return c.json(templateAnswer(template, fieldsOf(c)))
  const request = (await requestFields(c)).only('components', 'category', 'parameter_format', 'message_send_ttl_seconds')
  if (!request.has('components')) return c.json({ success: true })
  const components = readComponents(request, template.category === 'AUTHENTICATION')
  await editTemplate(provider, template.id, components)
  return c.json({ success: true })
}

async function scriptedAnswer(provider: Provider, c: GraphContext): Promise<Response | undefined> {
  accountFor(provider, c)
  const { answer } = provider.behaviours.plan({ operation: 'templates' })
  return answer ? answerScripted(provider, answer, c) : undefined
}

/** Filters by name, language, status and category; pages by a cursor that hides an offset. */
function listTemplates(provider: Provider, c: GraphContext): Response {
  const { wabaId } = accountFor(provider, c)
  const wanted = (template: Template) =>
    (['name', 'language', 'status', 'category'] as const).every((field) => {
      const asked = c.req.query(field)
      return asked === undefined || asked.toLowerCase() === template[field].toLowerCase()
    })
  const all = provider.ledger.world.templatesOfWaba(wabaId).filter(wanted)
  const limit = Fields.of({ limit: c.req.query('limit') ?? 25 }, '').number('limit', { min: 1, max: 500 })
  const start = offsetIn(c.req.query('after'))
  const page = all.slice(start, start + limit)
  const end = start + page.length
  const next = new URL(c.req.url)
  next.searchParams.set('after', cursor(end))
  return c.json({
    data: page.map((template) => templateAnswer(template, fieldsOf(c))),
    paging: { cursors: { before: cursor(start), after: cursor(end) }, ...(end < all.length ? { next: next.href } : {}) },
  })
}

function fieldsOf(c: GraphContext): string[] | null {
  return (
    c.req
      .query('fields')
      ?.split(',')
      .map((field) => field.trim()) ?? null
  )
}

function cursor(offset: number): string {
  return Buffer.from(`offset:${offset}`).toString('base64url')
}

function offsetIn(after: string | undefined): number {
  if (after === undefined) return 0
  const match = /^offset:(\d+)$/.exec(Buffer.from(after, 'base64url').toString())
  if (!match) throw new GraphError(100, undefined, { message: '(#100) Invalid cursor.' })
  return Number(match[1])
}
