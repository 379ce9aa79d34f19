import type { Hono } from 'hono'
import { z } from 'zod'
import { CustomerInput, NumberInput, TemplateInput } from '../options.ts'
import { checkBody, notFound } from '../problems.ts'
import { findCustomer, saveCustomer } from '../whatsapp/customers.ts'
import { storeMedia } from '../whatsapp/media.ts'
import { publicNumber, saveNumber } from '../whatsapp/numbers.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { changeTemplate, replaceTemplates, templateAnswer } from '../whatsapp/templates.ts'

const ALL_FIELDS = ['name', 'language', 'status', 'category', 'parameter_format', 'components', 'quality_score', 'rejected_reason', 'id']

const TemplateChange = z.strictObject({
  status: TemplateInput.shape.status.removeDefault().optional(),
  quality: z.enum(['UNKNOWN', 'GREEN', 'YELLOW', 'RED']).optional(),
  category: z.enum(['MARKETING', 'UTILITY', 'AUTHENTICATION']).optional(),
  reason: z.string().max(1_000).optional(),
})

const MediaUpload = z.strictObject({
  phoneNumberId: z.string(),
  mimeType: z.string().max(200),
  fileName: z.string().max(240).nullable().default(null),
  base64: z.base64(),
})

/** Who exists: numbers, templates, customers, their files. */
export function registryRoutes(app: Hono, provider: Provider): void {
  const { ledger } = provider
  app.get('/numbers', (c) => c.json({ numbers: [...ledger.world.numbers.values()].map(publicNumber) }))
  app.post('/numbers', async (c) => c.json(publicNumber(await saveNumber(provider, await checkBody(c, NumberInput))), 201))
  app.delete('/numbers/:id', async (c) => {
    const phoneNumberId = c.req.param('id')
    if (!ledger.world.numbers.has(phoneNumberId)) throw notFound(`There is no number ${phoneNumberId}.`)
    await ledger.record({ t: 'number_removed', phoneNumberId })
    return c.json({ done: true })
  })
  customerRoutes(app, provider)
  app.get('/templates/:wabaId', (c) => {
    const templates = ledger.world.templatesOfWaba(c.req.param('wabaId'))
    return c.json({ templates: templates.map((template) => templateAnswer(template, ALL_FIELDS)) })
  })
  app.put('/templates/:wabaId', async (c) => {
    const { templates } = await checkBody(c, z.strictObject({ templates: z.array(TemplateInput).max(250) }))
    await replaceTemplates(provider, c.req.param('wabaId'), templates)
    return c.json({ done: true })
  })
  app.post('/templates/:id/change', async (c) => {
    const changed = await changeTemplate(provider, c.req.param('id'), await checkBody(c, TemplateChange))
    if (!changed) throw notFound(`There is no template ${c.req.param('id')}.`)
    return c.json(templateAnswer(changed, ALL_FIELDS))
  })
  app.post('/media', async (c) => {
    const { base64, ...media } = await checkBody(c, MediaUpload)
    return c.json(await storeMedia(provider, { ...media, bytes: Buffer.from(base64, 'base64') }), 201)
  })
}

function customerRoutes(app: Hono, provider: Provider): void {
  const { world } = provider.ledger
  app.get('/customers', (c) => c.json({ customers: [...world.customers.values()] }))
  /** One person, or `{ customers: […] }` for up to 10,000 at once. */
  app.post('/customers', async (c) => {
    const input = await checkBody(c, z.union([z.strictObject({ customers: z.array(CustomerInput).max(10_000) }), CustomerInput]))
    const list = 'customers' in input ? input.customers : [input]
    const saved = []
    for (const customer of list) saved.push(await saveCustomer(provider, { waId: customer.waId, userId: customer.userId }, customer))
    return c.json('customers' in input ? { customers: saved } : saved[0], 201)
  })
  app.post('/customers/:id', async (c) => {
    const id = c.req.param('id')
    if (!findCustomer(provider, { id })) throw notFound(`There is no customer ${id}.`)
    return c.json(await saveCustomer(provider, { id }, await checkBody(c, CustomerInput)))
  })
  app.get('/chats/:phoneNumberId/:customerId', (c) => {
    const chat = world.findChat(c.req.param('phoneNumberId'), c.req.param('customerId'))
    if (!chat) throw notFound('These two have not written to each other.')
    return c.json(chat)
  })
}
