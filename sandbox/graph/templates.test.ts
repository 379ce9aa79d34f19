import { describe, expect, test } from 'vitest'
import { SHOP, useSandbox } from '../testing/use-sandbox.ts'
import { DEMO_TEMPLATES } from '../whatsapp/demo-templates.ts'

const under = useSandbox()
const token = SHOP.accessToken
const graph = (path: string, options: { method?: string; body?: unknown } = {}) => under.client.graph(path, { token, ...options })
const create = (template: Record<string, unknown>) => graph(`${SHOP.wabaId}/message_templates`, { body: template })
const namesIn = (body: Record<string, unknown> | undefined) => listIn(body).map(({ name, language }) => `${name}/${language}`)
const listIn = (body: Record<string, unknown> | undefined) => (body?.data ?? []) as { id: string; name: string; language: string }[]
const welcome = {
  name: 'welcome',
  language: 'en_US',
  category: 'utility',
  components: [{ type: 'body', text: 'Hello {{1}}, welcome to our shop.', example: { body_text: [['Maya']] } }],
}

describe('listing', () => {
  test('pages follow one another by cursor and hold every template once', async () => {
    const seen: string[] = []
    let after = ''
    for (;;) {
      const { body } = await graph(`${SHOP.wabaId}/message_templates?limit=3${after}`)
      seen.push(...namesIn(body))
      const paging = body?.paging as { cursors: { after: string }; next?: string }
      if (!paging.next) break
      after = `&after=${paging.cursors.after}`
    }
    expect(seen).toEqual(DEMO_TEMPLATES.map(({ name, language }) => `${name}/${language}`))
  })

  test('fields and filters are obeyed', async () => {
    const { body } = await graph(`${SHOP.wabaId}/message_templates?fields=name,status,rejected_reason&status=PENDING`)
    expect(body?.data).toEqual([
      { name: 'feedback_request', status: 'PENDING', rejected_reason: 'NONE', id: expect.stringMatching(/^\d+$/) },
    ])
  })

  test('a cursor of somebody else’s making is refused', async () => {
    expect((await graph(`${SHOP.wabaId}/message_templates?after=nonsense`)).status).toBe(400)
  })
})

describe('creating', () => {
  test('a new template is pending; approving it is announced, and only then it sends', async () => {
    const { body } = await create(welcome)
    expect(body).toMatchObject({ status: 'PENDING', category: 'UTILITY' })
    const message = {
      to: '+15550102030',
      type: 'template',
      template: {
        name: 'welcome',
        language: { code: 'en_US' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Maya' }] }],
      },
    }
    expect((await under.send(message)).status).toBe(404)
    await under.client.changeTemplate(String(body?.id), { status: 'APPROVED' })
    await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the announcement')
    const [change] = under.receiver.webhooks[0]?.changes ?? []
    expect(change).toMatchObject({
      wabaId: SHOP.wabaId,
      field: 'message_template_status_update',
      value: { event: 'APPROVED', message_template_name: 'welcome' },
    })
    expect(under.receiver.webhooks[0]?.raw).toContain(`"message_template_id":${body?.id},`)
    expect((await under.send(message)).status).toBe(200)
  })

  test.each([
    ['a name with capitals', { ...welcome, name: 'Welcome' }, 2388042],
    ['the same name and language twice', { ...welcome, name: 'order_update' }, 2388024],
    [
      'a variable at the end',
      { ...welcome, components: [{ type: 'BODY', text: 'Hello {{1}}', example: { body_text: [['x']] } }] },
      2388299,
    ],
    [
      'adjacent variables',
      { ...welcome, components: [{ type: 'BODY', text: 'Hello {{1}} {{2}} there', example: { body_text: [['x', 'y']] } }] },
      2388299,
    ],
    ['no example', { ...welcome, components: [{ type: 'BODY', text: 'Hello {{1}}, welcome.' }] }, 2388043],
    ['a body of 1,025 characters', { ...welcome, components: [{ type: 'BODY', text: 'x'.repeat(1_025) }] }, 2388040],
    [
      'mixed variables',
      { ...welcome, components: [{ type: 'BODY', text: 'Hi {{1}} and {{name}} there now', example: { body_text: [['a']] } }] },
      2388042,
    ],
    [
      'three links',
      {
        ...welcome,
        components: [
          { type: 'BODY', text: 'Hello there' },
          { type: 'BUTTONS', buttons: ['a', 'b', 'c'].map((text) => ({ type: 'URL', text, url: 'https://example.com' })) },
        ],
      },
      2388056,
    ],
  ])('%s is refused with Meta’s subcode', async (_what, template, subcode) => {
    const { status, body } = await create(template)
    expect([status, body?.error]).toEqual([400, expect.objectContaining({ error_subcode: subcode })])
  })
})

test('deleting by name takes every language', async () => {
  expect((await graph(`${SHOP.wabaId}/message_templates?name=order_update`, { method: 'DELETE' })).body).toEqual({ success: true })
  expect(namesIn((await graph(`${SHOP.wabaId}/message_templates?name=order_update`)).body)).toEqual([])
  expect((await graph(`${SHOP.wabaId}/message_templates?name=order_update`, { method: 'DELETE' })).status).toBe(400)
})

test('an edit sends a template back to review, and a paused one can be resumed', async () => {
  const { body } = await graph(`${SHOP.wabaId}/message_templates?name=order_update&language=en_US&fields=name`)
  const id = listIn(body)[0]?.id ?? ''
  await graph(id, { body: { components: [{ type: 'BODY', text: 'Your order moves.' }] } })
  expect((await graph(`${id}?fields=status`)).body).toEqual({ status: 'PENDING', id })
  await under.client.changeTemplate(id, { status: 'PAUSED' })
  await graph(`${id}/unpause`, { method: 'POST' })
  expect((await graph(`${id}?fields=status`)).body).toMatchObject({ status: 'APPROVED' })
})

test('another account’s token finds nothing', async () => {
  await under.client.registerNumber({ ...SHOP, phoneNumberId: '200', wabaId: '201', accessToken: 'other' })
  expect((await under.client.graph(`${SHOP.wabaId}/message_templates`, { token: 'other' })).status).toBe(400)
})
