import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MessageReceived, OutboundContent, RawRequest } from '#channels/connector.ts'
import { createWhatsapp } from '#channels/whatsapp/index.ts'
import { createHttp, type HttpClient } from '#platform/http/client.ts'
import { APP_SECRET, SHOP, useSandbox } from '#sandbox/testing/use-sandbox.ts'
import type { ContentInput } from '#sandbox/whatsapp/content-input.ts'

/**
 * Connector and sandbox were written apart, each from the provider's documentation: here the sandbox's strict rules judge what
 * the connector sends, and the connector reads what the sandbox posts.
 */
const under = useSandbox()
const token = { accessToken: SHOP.accessToken }
const MAYA = '+15550102030'
let http: HttpClient
beforeAll(() => {
  http = createHttp()
})
afterAll(() => http.close())

const whatsapp = () => createWhatsapp({ graphUrl: under.sandbox.graphUrl })
const mayaWrites = (content: ContentInput | string = 'Hi') => under.client.say(SHOP.phoneNumberId, { waId: MAYA, name: 'Maya' }, content)
const send = (content: OutboundContent, to: { phone?: string; bsuid?: string } = { phone: MAYA }) =>
  whatsapp().send({ echo: 'atm_1', from: SHOP.phoneNumberId, to, content }, token, http)

async function upload(mimeType: string): Promise<string> {
  const outcome = await whatsapp().extras.uploadMedia?.(
    { bytes: Buffer.from('some bytes'), mimeType, fileName: 'a', from: SHOP.phoneNumberId },
    token,
    http,
  )
  if (outcome?.kind !== 'done') throw new Error(`the upload came to ${JSON.stringify(outcome)}`)
  return outcome.value.providerMediaId
}

function received(): RawRequest[] {
  return under.receiver.webhooks.map(({ raw, headers }) => ({
    method: 'POST',
    path: '/webhooks/whatsapp',
    query: {},
    headers: { 'x-hub-signature-256': String(headers['x-hub-signature-256']) },
    body: Buffer.from(raw, 'latin1'),
  }))
}

describe('what the connector sends passes the provider’s rules', () => {
  const options = [
    { id: 'yes', title: 'Yes' },
    { id: 'no', title: 'No' },
  ]
  const contents: OutboundContent[] = [
    { kind: 'text', text: 'Hello *Maya* 👋' },
    { kind: 'location', location: { latitude: -6.2, longitude: 106.8, name: 'Pickup', address: 'Jakarta' } },
    {
      kind: 'contacts',
      contacts: [{ name: 'Noor Haddad', phones: [{ phone: '+1 555 010 4050', type: 'CELL' }], emails: [{ email: 'noor@example.com' }] }],
    },
    { kind: 'interactive', text: 'Tomorrow?', header: 'Delivery', footer: 'Lucky Shrub', buttons: options },
    { kind: 'list', text: 'Which day?', button: 'Days', sections: [{ title: 'This week', rows: options }] },
    {
      kind: 'template',
      name: 'order_update',
      language: 'en_US',
      header: { kind: 'text', parameters: [{ text: 'A-1042' }] },
      body: [{ text: 'Maya' }, { text: 'Thursday' }],
      buttons: [{ index: 1, type: 'url', value: 'A-1042' }],
    },
  ]

  test.each(contents)('$kind', async (content) => {
    await mayaWrites()
    expect(await send(content)).toMatchObject({ kind: 'accepted' })
  })

  test.each([
    ['image', 'image/jpeg'],
    ['video', 'video/mp4'],
    ['audio', 'audio/mpeg'],
    ['voice', 'audio/ogg; codecs=opus'],
    ['document', 'application/pdf'],
    ['sticker', 'image/webp'],
  ] as const)('%s by upload', async (kind, mimeType) => {
    await mayaWrites()
    const providerMediaId = await upload(mimeType)
    expect(await send({ kind, providerMediaId })).toMatchObject({ kind: 'accepted' })
  })

  test('a reaction and its removal, an answer to a message, a read mark with typing', async () => {
    const externalId = await mayaWrites()
    expect(await send({ kind: 'reaction', targetExternalId: externalId, emoji: '👍' })).toMatchObject({ kind: 'accepted' })
    expect(await send({ kind: 'reaction', targetExternalId: externalId, emoji: null })).toMatchObject({ kind: 'accepted' })
    const answer = {
      echo: 'atm_2',
      from: SHOP.phoneNumberId,
      to: { phone: MAYA },
      content: { kind: 'text' as const, text: 'Hi' },
      replyToExternalId: externalId,
    }
    expect(await whatsapp().send(answer, token, http)).toMatchObject({ kind: 'accepted' })
    expect(await whatsapp().extras.markRead?.({ from: SHOP.phoneNumberId, externalId, typing: true }, token, http)).toMatchObject({
      kind: 'done',
    })
  })

  test('a person known by a business-scoped id only', async () => {
    await under.client.saveCustomer({ name: 'Robin', userId: 'US.1234' })
    await under.client.say(SHOP.phoneNumberId, { userId: 'US.1234' }, 'Hi')
    expect(await send({ kind: 'text', text: 'Hello Robin' }, { bsuid: 'US.1234' })).toMatchObject({ kind: 'accepted' })
  })

  test.each([
    [131016, 'transient'],
    [130429, 'rate'],
    [131056, 'pair_rate'],
    [190, 'auth'],
    [131047, 'window'],
    [132001, 'template'],
  ])('the provider’s code %i is understood as %s', async (code, errorClass) => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect: { kind: 'error', code } })
    expect(await send({ kind: 'text', text: 'Hi' })).toMatchObject({ kind: 'refused', error: { code: String(code), class: errorClass } })
  })

  test.each([
    ['a bare 500', { kind: 'http', status: 500 }],
    ['a reset', { kind: 'reset', accept: true }],
  ] as const)('%s is ambiguous', async (_what, effect) => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect })
    expect(await send({ kind: 'text', text: 'Hi' })).toMatchObject({ kind: 'ambiguous' })
  })

  test('templates are listed and the number is well', async () => {
    const listed = await whatsapp().extras.listTemplates?.({ businessId: SHOP.wabaId }, token, http)
    expect(listed?.kind === 'done' && listed.value.map(({ name }) => name)).toContain('order_update')
    expect(await whatsapp().extras.probe?.({ from: SHOP.phoneNumberId }, token, http)).toMatchObject({ kind: 'done' })
  })
})

describe('what the sandbox posts is understood by the connector', () => {
  const contents: [ContentInput, MessageReceived['content']['kind']][] = [
    [{ type: 'text', text: 'أين طلبي؟' }, 'text'],
    [{ type: 'image', media: { caption: 'torn' } }, 'image'],
    [{ type: 'video', media: { base64: 'AAAA', mimeType: 'video/mp4' } }, 'video'],
    [{ type: 'audio', media: { base64: 'AAAA', mimeType: 'audio/mpeg' } }, 'audio'],
    [{ type: 'audio', media: { base64: 'AAAA', mimeType: 'audio/ogg; codecs=opus', voice: true } }, 'voice'],
    [{ type: 'document', media: { base64: 'AAAA', mimeType: 'application/pdf', fileName: 'a.pdf' } }, 'document'],
    [{ type: 'sticker', media: { base64: 'AAAA', mimeType: 'image/webp' } }, 'sticker'],
    [{ type: 'location', latitude: 1, longitude: 2 }, 'location'],
    [{ type: 'contacts', contacts: [{ name: { formatted_name: 'Noor' } }] }, 'contacts'],
    [{ type: 'button_reply', id: 'yes', title: 'Yes' }, 'interactive'],
    [{ type: 'list_reply', id: 'mon', title: 'Monday' }, 'interactive'],
    [{ type: 'quick_reply', payload: 'yes', text: 'Yes' }, 'button'],
    [{ type: 'order', catalogId: '1', products: [{ productRetailerId: 'p', quantity: 1, itemPrice: 2, currency: 'USD' }] }, 'order'],
    [{ type: 'unsupported', was: 'poll' }, 'unsupported'],
  ]

  test.each(contents)('%o', async (content, kind) => {
    const externalId = await mayaWrites(content)
    await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the webhook')
    const [request] = received()
    if (!request) throw new Error('no webhook')
    expect(whatsapp().verify(request, APP_SECRET, new Date())).toBe(true)
    const events = whatsapp().parse(request)
    expect(events).toEqual([expect.objectContaining({ type: 'message', externalId, content: expect.objectContaining({ kind }) })])
  })

  test('reactions, edits, deletions, receipts and echoes', async () => {
    const wamid = await mayaWrites()
    await mayaWrites({ type: 'reaction', messageId: wamid, emoji: '❤️' })
    await mayaWrites({ type: 'edit', messageId: wamid, text: 'Hi!' })
    await mayaWrites({ type: 'revoke', messageId: wamid })
    await send({ kind: 'text', text: 'Hello' })
    await under.client.echo({ phoneNumberId: SHOP.phoneNumberId, to: { waId: MAYA }, content: { type: 'text', text: 'From my phone' } })
    await under.receiver.until(() => under.receiver.webhooks.length === 8, 'eight webhooks')
    const types = received().flatMap((request) =>
      whatsapp()
        .parse(request)
        .map((event) => event.type),
    )
    expect([...new Set(types)].sort()).toEqual(['echo', 'edit', 'message', 'reaction', 'receipt', 'revoke'].sort())
    const receipts = received().flatMap((request) =>
      whatsapp()
        .parse(request)
        .filter((event) => event.type === 'receipt'),
    )
    expect(receipts).toHaveLength(3)
    expect(receipts.every((receipt) => receipt.type === 'receipt' && receipt.echo === 'atm_1')).toBe(true)
  })

  test('a picture is fetched with the hash its webhook told', async () => {
    await mayaWrites({ type: 'image', media: { base64: Buffer.from('a picture').toString('base64'), mimeType: 'image/jpeg' } })
    await under.receiver.until(() => under.receiver.webhooks.length === 1, 'the webhook')
    const [event] = received().flatMap((request) => whatsapp().parse(request))
    const media = event?.type === 'message' ? event.content.media : undefined
    const file = await whatsapp().extras.fetchMedia?.(
      { providerMediaId: media?.providerMediaId ?? '', from: SHOP.phoneNumberId, sha256: media?.sha256 },
      token,
      http,
    )
    expect(file?.kind === 'done' && Buffer.from(file.value.bytes).toString()).toBe('a picture')
  })
})
