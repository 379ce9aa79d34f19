import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { customerOf, numberOf } from '../control/inbound.ts'
import type { LiveEvent } from '../live.ts'
import { CustomerInput } from '../options.ts'
import { answerProblem, check, checkBody, notFound, refuseOtherSites } from '../problems.ts'
import { saveCustomer } from '../whatsapp/customers.ts'
import type { Provider } from '../whatsapp/provider.ts'
import { customerLooked, customerPlayed } from '../whatsapp/receipts.ts'
import { demoPeople } from './demo-people.ts'
import type { Frame } from './frames.ts'
import { pageHtml } from './page.ts'
import { sendRoutes } from './send-routes.ts'
import { bubbleOf, bubblesOf, isOnPhone, numberRow, peopleOf, settingsOf } from './view.ts'

/** Files of the page, by name: nothing else is served. */
const ASSETS: Readonly<Record<string, string>> = {
  'base.css': 'text/css; charset=utf-8',
  'panel.css': 'text/css; charset=utf-8',
  'chat.css': 'text/css; charset=utf-8',
  'bubbles.css': 'text/css; charset=utf-8',
  'sheets.css': 'text/css; charset=utf-8',
  'screens.css': 'text/css; charset=utf-8',
  'main.js': 'text/javascript; charset=utf-8',
  'bubbles.js': 'text/javascript; charset=utf-8',
  'composer.js': 'text/javascript; charset=utf-8',
  'dialogs.js': 'text/javascript; charset=utf-8',
  'dom.js': 'text/javascript; charset=utf-8',
  'people.js': 'text/javascript; charset=utf-8',
  'words.js': 'text/javascript; charset=utf-8',
}

/** No address outside: the page loads nothing but its own files and the sandbox's media. */
const CONTENT_SECURITY_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"

const Pair = z.object({ customer: z.string(), number: z.string() })

/** The customer's phone: a page, its events and what a person does on it. All addresses in it are relative. */
export function phoneRoutes(provider: Provider): Hono {
  const app = new Hono()
  app.onError((error, c) => answerProblem(provider.log, error, c))
  app.use('*', refuseOtherSites)
  app.get('/', (c) => showPage(provider, c))
  app.get('/events', (c) => streamEvents(provider, c))
  app.get('/assets/:file', async (c) => {
    const file = c.req.param('file')
    const type = ASSETS[file]
    if (!type) throw notFound(`There is no ${file}.`)
    const path = createRequire(import.meta.url).resolve(`#sandbox/phone/assets/${file}`)
    return c.body(await readFile(path, 'utf8'), 200, { 'content-type': type, 'cache-control': 'no-cache' })
  })
  app.get('/media/:id', (c) => showMedia(provider, c, c.req.param('id')))
  settingRoutes(app, provider)
  sendRoutes(app, provider)
  return app
}

async function showPage(provider: Provider, c: Context): Promise<Response> {
  const { world } = provider.ledger
  if (world.customers.size === 0) for (const person of demoPeople) await saveCustomer(provider, {}, person)
  const numbers = [...world.numbers.values()]
  const number = world.numbers.get(c.req.query('number') ?? '') ?? numbers[0]
  const people = peopleOf(provider, number?.phoneNumberId ?? '')
  const customer =
    world.customers.get(c.req.query('customer') ?? '') ??
    firstPerson(
      provider,
      people.map((row) => row.id),
    )
  const html = pageHtml({
    language: c.req.query('lang'),
    acceptLanguage: c.req.header('accept-language'),
    numbers: numbers.map(numberRow),
    number: number ? numberRow(number) : null,
    person: settingsOf(customer, number),
    people,
    bubbles: number ? bubblesOf(provider, number.phoneNumberId, customer.id) : [],
  })
  return c.html(html, 200, {
    'content-security-policy': CONTENT_SECURITY_POLICY,
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  })
}

/** Whoever the demo made first, else who was active last. */
function firstPerson(provider: Provider, ids: readonly string[]) {
  const { customers } = provider.ledger.world
  const demo = [...customers.values()].find((customer) => customer.name === demoPeople[0]?.name)
  const first = demo ?? customers.get(ids[0] ?? '')
  if (!first) throw notFound('There is nobody to hold a phone.')
  return first
}

function streamEvents(provider: Provider, c: Context): Response {
  const { customer: customerId, number: phoneNumberId } = check(Pair, c.req.query())
  const customer = customerOf(provider, customerId)
  const number = numberOf(provider, phoneNumberId)
  return streamSSE(c, async (stream) => {
    await new Promise<void>((resolve) => {
      const frames = frameWriter((frame) => stream.writeSSE({ data: JSON.stringify(frame) }))
      const viewer = { phoneNumberId, customerId, visible: c.req.query('visible') === '1', send, end: resolve }
      const viewerId = provider.live.join(viewer)
      const people = throttled(() => {
        const present = provider.ledger.world.customers.get(customerId)
        frames.write({ type: 'people', people: peopleOf(provider, phoneNumberId), person: present ? settingsOf(present, number) : null })
      })
      function send(event: LiveEvent): void {
        if (event.type === 'people') people()
        else if (event.type === 'typing') frames.write({ type: 'typing', on: event.untilMs > 0 })
        else frames.write(bubbleFrame(provider, event.wamid))
      }
      frames.write({
        type: 'chat',
        viewerId,
        person: settingsOf(customer, number),
        number: numberRow(number),
        bubbles: bubblesOf(provider, phoneNumberId, customerId),
        people: peopleOf(provider, phoneNumberId),
      })
      if (viewer.visible) customerLooked(provider, phoneNumberId, customerId)
      const beat = setInterval(() => void stream.write(': still here\n\n'), 15_000)
      stream.onAbort(() => {
        provider.live.leave(viewerId)
        clearInterval(beat)
        resolve()
      })
    })
  })
}

function bubbleFrame(provider: Provider, wamid: string): Frame {
  const message = provider.ledger.world.messages.get(wamid)
  return message && isOnPhone(provider, message) ? { type: 'bubble', bubble: bubbleOf(provider, message) } : { type: 'gone', id: wamid }
}

/** Frames go out one after the other; a page that has gone is no error. */
function frameWriter(write: (frame: Frame) => Promise<void>): { write(frame: Frame): void } {
  let last: Promise<unknown> = Promise.resolve()
  return {
    write: (frame) => {
      last = last.then(() => write(frame)).catch(() => undefined)
    },
  }
}

/** At most ten times a second, and always once more at the end. */
function throttled(work: () => void): () => void {
  let waiting = false
  return () => {
    if (waiting) return
    waiting = true
    setTimeout(() => {
      waiting = false
      work()
    }, 100)
  }
}

async function showMedia(provider: Provider, c: Context, id: string): Promise<Response> {
  const media = provider.ledger.world.media.get(id)
  const bytes = media && (await provider.files.get(id))
  if (!media || !bytes) throw notFound(`There is no media ${id}.`)
  const name = encodeURIComponent(media.fileName ?? id)
  const shown = /^(image|audio|video)\//.test(media.mimeType) ? 'inline' : 'attachment'
  return c.body(bytes as Uint8Array<ArrayBuffer>, 200, {
    'content-type': media.mimeType,
    'content-disposition': `${shown}; filename*=UTF-8''${name}`,
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, max-age=3600',
  })
}

function settingRoutes(app: Hono, provider: Provider): void {
  app.post('/viewers/:id', async (c) => {
    const viewer = provider.live.find(c.req.param('id'))
    if (!viewer) throw notFound('This page is not connected.')
    viewer.visible = (await checkBody(c, z.object({ visible: z.boolean() }))).visible
    if (viewer.visible) customerLooked(provider, viewer.phoneNumberId, viewer.customerId)
    return c.json({ done: true })
  })
  app.post('/customers', async (c) => {
    const input = await checkBody(c, CustomerInput.pick({ name: true, waId: true }).required({ name: true }))
    const customer = await saveCustomer(provider, { waId: input.waId }, input)
    provider.live.refresh()
    return c.json({ id: customer.id }, 201)
  })
  app.post('/customers/:id', async (c) => {
    const customer = customerOf(provider, c.req.param('id'))
    const change = CustomerInput.pick({ online: true, readReceipts: true, receiptDelayMs: true, failWith: true })
    const after = await saveCustomer(provider, { id: customer.id }, await checkBody(c, change))
    provider.live.refresh()
    return c.json(settingsOf(after, undefined))
  })
  app.post('/played', async (c) => {
    const { messageId } = await checkBody(c, z.object({ messageId: z.string() }))
    const message = provider.ledger.world.messages.get(messageId)
    if (message) await customerPlayed(provider, message)
    return c.json({ done: true })
  })
}
