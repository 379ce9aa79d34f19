import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { monotonicMs } from '#platform/clock.ts'
import { SHOP, useSandbox } from '../testing/use-sandbox.ts'
import type { Bubble, Frame } from './frames.ts'
import { TEXTS } from './texts.ts'

const under = useSandbox({ receipts: { sentMs: 1, deliveredMs: 2, readMs: 60_000 } })
const page = (query = '', headers: Record<string, string> = {}) => fetch(`${under.client.url}/sandbox/phone${query}`, { headers })
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${under.client.url}/sandbox/phone/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })

async function stateOf(
  html: string,
): Promise<{ person: { id: string; name: string }; number: { phoneNumberId: string } | null; bubbles: Bubble[] }> {
  const json = /<script type="application\/json" id="state">(.*?)<\/script>/s.exec(html)?.[1] ?? '{}'
  return JSON.parse(json)
}

/** Reads frames of the page's events until one is as wanted. */
async function openPhone(customer: string, visible: boolean) {
  const abort = new AbortController()
  const query = new URLSearchParams({ customer, number: SHOP.phoneNumberId, visible: visible ? '1' : '0' })
  const answer = await fetch(`${under.client.url}/sandbox/phone/events?${query}`, { signal: abort.signal })
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  const until = async (wanted: (frame: Frame) => boolean): Promise<Frame> => {
    const deadline = monotonicMs() + 10_000
    for (;;) {
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        if (!line.startsWith('data: ')) continue
        const frame = JSON.parse(line.slice('data: '.length)) as Frame
        if (wanted(frame)) return frame
      }
      const part = await reader?.read()
      if (!part || part.done || monotonicMs() > deadline) throw new Error(`the frame never came; left: ${text}`)
      text += part.value
    }
  }
  const first = await until((frame) => frame.type === 'chat')
  return { until, viewerId: first.type === 'chat' ? first.viewerId : '', close: () => abort.abort() }
}

describe('the page', () => {
  test('a stranger finds a customer chosen, a number to write to and a field to write in', async () => {
    const answer = await page()
    const html = await answer.text()
    const { person, number } = await stateOf(html)
    expect([person.name, number?.phoneNumberId]).toEqual(['Maya Rivera', SHOP.phoneNumberId])
    expect(html).toMatch(/<textarea id="text"[^>]* autofocus/)
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'")
  })

  test('all its addresses are relative, so that any prefix serves it', async () => {
    const html = await (await page()).text()
    const addresses = [...html.matchAll(/(?:src|href|action)="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(addresses.filter((address) => !/^(phone\/|#|data:)/.test(address))).toEqual([])
  })

  test('it works without its script: the form sends and comes back', async () => {
    const { person } = await stateOf(await (await page()).text())
    const form = new URLSearchParams({
      customerId: person.id,
      phoneNumberId: SHOP.phoneNumberId,
      lang: 'ar',
      text: 'Hi, where is my order?',
    })
    const answer = await fetch(`${under.client.url}/sandbox/phone/messages`, { method: 'POST', body: form })
    expect(answer.url).toContain('lang=ar')
    expect((await stateOf(await answer.text())).bubbles.map(({ text, mine }) => [text, mine])).toEqual([['Hi, where is my order?', true]])
    await under.receiver.until(() => under.receiver.messages().length === 1, 'the message')
  })

  test.each([
    ['?lang=ar', {}, 'lang="ar" dir="rtl"'],
    ['', { 'accept-language': 'id-ID,en;q=0.5' }, 'lang="id" dir="ltr"'],
    ['', { 'accept-language': 'fr' }, 'lang="en" dir="ltr"'],
  ])('language by %s %o', async (query, headers, expected) => {
    expect(await (await page(query, headers)).text()).toContain(expected)
  })

  test('what people write never becomes markup', async () => {
    const evil = '</script><img src=x onerror=alert(1)>'
    await under.client.say(SHOP.phoneNumberId, { waId: '+15550102030', name: evil }, evil)
    expect(await (await page()).text()).not.toContain('<img src=x')
  })

  test('without any number it says so', async () => {
    await under.client.reset()
    expect(await (await page()).text()).toContain(TEXTS.en.noNumbers)
  })

  test('only its own files are served, and media as data', async () => {
    for (const name of ['main.js', 'base.css']) expect((await page(`/assets/${name}`)).status).toBe(200)
    for (const name of ['..%2Froutes.ts', 'voice-note.ogg']) expect((await page(`/assets/${name}`)).status).toBe(404)
    const { person } = await stateOf(await (await page()).text())
    await post('samples', { customerId: person.id, phoneNumberId: SHOP.phoneNumberId, sample: 'document' })
    const { bubbles } = await stateOf(await (await page()).text())
    const media = await fetch(`${under.client.url}/sandbox/${bubbles[0]?.attachment?.url}`)
    expect(media.headers.get('content-disposition')).toMatch(/^attachment/)
    expect(media.headers.get('content-security-policy')).toContain('sandbox')
  })
})

describe('both sides live', () => {
  test('the business’s message appears, and is read by whoever looks at the chat', async () => {
    const { person } = await stateOf(await (await page()).text())
    const phone = await openPhone(person.id, true)
    await post('messages', { customerId: person.id, phoneNumberId: SHOP.phoneNumberId, content: { type: 'text', text: 'Hi' } })
    await phone.until((frame) => frame.type === 'bubble' && frame.bubble.mine && frame.bubble.status === 'delivered')
    await under.send({ to: '+15550102030', type: 'text', text: { body: 'Hello Maya' } })
    await phone.until((frame) => frame.type === 'bubble' && frame.bubble.text === 'Hello Maya')
    await under.receiver.until(() => under.receiver.statuses().some((status) => status.status === 'read'), 'read')
    phone.close()
  })

  test('a phone in a background tab receives and does not read until somebody looks', async () => {
    const { person } = await stateOf(await (await page()).text())
    const phone = await openPhone(person.id, false)
    await post('messages', { customerId: person.id, phoneNumberId: SHOP.phoneNumberId, content: { type: 'text', text: 'Hi' } })
    await under.send({ to: '+15550102030', type: 'text', text: { body: 'Hello Maya' } })
    await under.receiver.until(() => under.receiver.statuses().length === 2, 'sent and delivered')
    expect((await under.client.state()).scheduled).toBe(0)
    await post(`viewers/${phone.viewerId}`, { visible: true })
    await under.receiver.until(() => under.receiver.statuses().length === 3, 'read')
    phone.close()
  })

  test('typing and reading by the business are seen', async () => {
    const { person } = await stateOf(await (await page()).text())
    const phone = await openPhone(person.id, true)
    const { id } = (await (
      await post('messages', { customerId: person.id, phoneNumberId: SHOP.phoneNumberId, content: { type: 'text', text: 'Hi' } })
    ).json()) as { id: string }
    await under.send({ status: 'read', message_id: id, typing_indicator: { type: 'text' } })
    await phone.until((frame) => frame.type === 'bubble' && frame.bubble.id === id && frame.bubble.status === 'read')
    await phone.until((frame) => frame.type === 'typing' && frame.on)
    await under.send({ to: '+15550102030', type: 'text', text: { body: 'Here I am' } })
    await phone.until((frame) => frame.type === 'typing' && !frame.on)
    phone.close()
  })

  test('a message that can’t be delivered does not stay on the phone', async () => {
    const { person } = await stateOf(await (await page()).text())
    await under.client.say(SHOP.phoneNumberId, { id: person.id }, 'Hi')
    const phone = await openPhone(person.id, true)
    await post(`customers/${person.id}`, { failWith: 131026 })
    await under.send({ to: '+15550102030', type: 'text', text: { body: 'Lost' } })
    await under.receiver.until(() => under.receiver.statuses().some((status) => status.status === 'failed'), 'the failure')
    expect((await stateOf(await (await page(`?customer=${person.id}`)).text())).bubbles.map(({ text }) => text)).toEqual(['Hi'])
    phone.close()
  })
})

describe('what a person does on it', () => {
  test('buttons of the business are answered with their context', async () => {
    const { person } = await stateOf(await (await page()).text())
    const chat = { customerId: person.id, phoneNumberId: SHOP.phoneNumberId }
    await post('messages', { ...chat, content: { type: 'text', text: 'Hi' } })
    const action = { buttons: [{ type: 'reply', reply: { id: 'yes', title: 'Yes' } }] }
    await under.send({ to: '+15550102030', type: 'interactive', interactive: { type: 'button', body: { text: 'Tomorrow?' }, action } })
    const asked = (await stateOf(await (await page()).text())).bubbles.at(-1)
    expect(asked?.choices).toEqual([{ kind: 'reply', id: 'yes', title: 'Yes', value: '' }])
    await post('messages', { ...chat, content: { type: 'button_reply', id: 'yes', title: 'Yes' }, replyTo: asked?.id })
    await under.receiver.until(() => under.receiver.messages().length === 2, 'the answer')
    const answer = under.receiver.messages().find((message) => message.type === 'interactive')
    expect(answer).toMatchObject({ context: { id: asked?.id, from: '15550783881' }, interactive: { button_reply: { id: 'yes' } } })
    expect((await stateOf(await (await page()).text())).bubbles.at(-2)?.answered).toBe('yes')
  })

  test.each([
    ['picture', 'image', 'image/jpeg'],
    ['voice', 'audio', 'audio/ogg; codecs=opus'],
    ['document', 'document', 'application/pdf'],
    ['thanks', 'sticker', 'image/webp'],
  ])('the sample %s arrives as %s', async (sample, type, mimeType) => {
    const { person } = await stateOf(await (await page()).text())
    await post('samples', { customerId: person.id, phoneNumberId: SHOP.phoneNumberId, sample })
    await under.receiver.until(() => under.receiver.messages().length === 1, 'the message')
    expect(under.receiver.messages()[0]).toMatchObject({ type, [type]: { mime_type: mimeType } })
  })

  test('a picture the provider does not know is sent as JPEG', async () => {
    const { person } = await stateOf(await (await page()).text())
    const sticker = await (await page('/stickers/hello')).arrayBuffer()
    const form = new FormData()
    for (const [name, value] of Object.entries({ customerId: person.id, phoneNumberId: SHOP.phoneNumberId, caption: 'Look' }))
      form.set(name, value)
    form.set('file', new Blob([sticker], { type: 'image/webp' }), 'hello.webp')
    const answer = await fetch(`${under.client.url}/sandbox/phone/files`, { method: 'POST', body: form })
    expect(answer.status).toBe(201)
    await under.receiver.until(() => under.receiver.messages().length === 1, 'the picture')
    expect(under.receiver.messages()[0]).toMatchObject({ type: 'image', image: { mime_type: 'image/jpeg', caption: 'Look' } })
  })

  test('a foreign page can’t write in the customer’s name', async () => {
    const answer = await post('messages', {}, { 'sec-fetch-site': 'cross-site' })
    expect(answer.status).toBe(403)
  })
})

test('every language fills in the same names', () => {
  const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
  for (const texts of Object.values(TEXTS)) {
    for (const [key, text] of Object.entries(texts)) expect(names(text), key).toEqual(names(TEXTS.en[key as keyof typeof TEXTS.en]))
  }
})

test('the page’s scripts are typed as strictly as everything else', () => {
  const folder = join(import.meta.dirname, 'assets')
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'))
  const program = ts.createProgram(
    scripts.map((name) => join(folder, name)),
    {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ESNext,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
      types: [],
    },
  )
  const problems = ts.getPreEmitDiagnostics(program).map((problem) => {
    const line = problem.file?.getLineAndCharacterOfPosition(problem.start ?? 0).line ?? 0
    return `${problem.file?.fileName.split('/').at(-1)}:${line + 1} ${ts.flattenDiagnosticMessageText(problem.messageText, ' ')}`
  })
  expect(scripts.length).toBeGreaterThan(4)
  expect(problems).toEqual([])
}, 60_000)
