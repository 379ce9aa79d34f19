import { describe, expect, test } from 'vitest'
import { whatsappFixture } from '#tests/builders/whatsapp.ts'
import { parseWebhook } from './parse.ts'
import { contentOf } from './parse-content.ts'
import { sha256Hex } from './read.ts'

/** The contents of one of our own webhooks, by message id. */
const contents = (fixture: string) =>
  Object.fromEntries(
    parseWebhook(whatsappFixture(fixture)).flatMap((event) => (event.type === 'message' ? [[event.externalId, event.content]] : [])),
  )

describe('files', () => {
  const media = contents('media')

  test('an image with its caption, and its hash in hex', () => {
    expect(media['wamid.IMG']).toEqual({
      kind: 'image',
      text: 'Is this the one?',
      media: {
        kind: 'image',
        providerMediaId: '7001',
        mimeType: 'image/jpeg',
        sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae',
      },
    })
  })

  test('audio, and a voice note, which is audio that says so', () => {
    expect(media['wamid.AUD']).toMatchObject({ kind: 'audio', media: { kind: 'audio', providerMediaId: '7003' } })
    expect(media['wamid.VOI']).toMatchObject({ kind: 'voice', media: { kind: 'voice', mimeType: 'audio/ogg; codecs=opus' } })
  })

  test('a document with its name and address', () => {
    expect(media['wamid.DOC']).toMatchObject({
      kind: 'document',
      text: 'Faktur',
      media: { fileName: 'faktur.pdf', url: 'https://lookaside.fbsbx.com/files/7005' },
    })
  })

  test('a video, and an animated sticker', () => {
    expect(media['wamid.VID']).toMatchObject({ kind: 'video', media: { providerMediaId: '7002' } })
    expect(media['wamid.STK']).toMatchObject({ kind: 'sticker', media: { animated: true } })
  })

  test('an address that is none of the web’s is not kept', () => {
    expect(contentOf({ type: 'image', image: { id: '1', url: 'javascript:alert(1)' } }).media?.url).toBeUndefined()
  })

  test.each([
    ['base64', 'LCa0a2j/xo/5m0U8HTBBNBNCLXBkg7+g+YpeiGJm564=', true],
    ['hex', '2C26B46B68FFC68FF99B453C1D30413413422D706483BFA0F98A5E886266E7AE', true],
    ['half a hash', '2c26b46b', false],
    ['a placeholder', '<MEDIA_ASSET_SHA256_HASH>', false],
    ['no text', 7, false],
  ])('a hash in %s', (_name, value, isKnown) => {
    expect(sha256Hex(value)).toBe(isKnown ? '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' : undefined)
  })
})

describe('places, people, orders', () => {
  const structured = contents('structured')

  test('a location with its name', () => {
    expect(structured['wamid.LOC']).toEqual({
      kind: 'location',
      text: 'Tahrir Square',
      location: { latitude: 30.0444, longitude: 31.2357, name: 'Tahrir Square', address: 'Cairo', url: 'https://maps.example.com/tahrir' },
    })
  })

  test.each([[{ latitude: 91, longitude: 0 }], [{ latitude: 0, longitude: -181 }], [{ latitude: '<LATITUDE>', longitude: 0 }], [{}]])(
    '%j is nowhere',
    (location) => {
      expect(contentOf({ type: 'location', location })).toEqual({ kind: 'unsupported', provider: { type: 'location' } })
    },
  )

  test('contact cards, one of them without a name', () => {
    expect(structured['wamid.CON']).toEqual({
      kind: 'contacts',
      text: 'Mona Adel, +20 122 000 1111',
      contacts: [
        {
          name: 'Mona Adel',
          phones: [{ phone: '+20 100 765 4321', waId: '201007654321', type: 'CELL' }],
          emails: [{ email: 'mona@example.com', type: 'WORK' }],
          organization: 'Nile Tools',
        },
        { name: '+20 122 000 1111', phones: [{ phone: '+20 122 000 1111' }], emails: [] },
      ],
    })
  })

  test.each([
    ['first and last', { name: { first_name: 'Mona', last_name: 'Adel' } }, 'Mona Adel'],
    ['the company', { org: { company: 'Nile Tools' } }, 'Nile Tools'],
    ['the address', { emails: [{ email: 'mona@example.com' }] }, 'mona@example.com'],
    ['a bare WhatsApp number', { phones: [{ wa_id: '201007654321' }] }, '201007654321'],
    ['nothing', {}, ''],
  ])('a card is named by %s', (_name, card, name) => {
    expect(contentOf({ type: 'contacts', contacts: [card] }).contacts?.[0]?.name).toBe(name)
  })

  test('an order with its lines', () => {
    expect(structured['wamid.ORD']).toEqual({
      kind: 'order',
      text: 'by Friday please',
      order: { catalogId: '5500', text: 'by Friday please', items: [{ productId: 'cup-red', quantity: 2, price: 7.5, currency: 'EGP' }] },
    })
  })
})

describe('choices', () => {
  const choices = contents('choices')

  test('a reply button, a list row and a template’s quick reply read as what was tapped', () => {
    expect(choices['wamid.BTN']).toEqual({
      kind: 'interactive',
      text: 'Yes, please',
      choice: { source: 'button', id: 'yes', title: 'Yes, please' },
    })
    expect(choices['wamid.ROW']).toMatchObject({
      kind: 'interactive',
      text: 'Sedex',
      choice: { source: 'list', id: 'sedex', data: { description: '2 days' } },
    })
    expect(choices['wamid.QUI']).toMatchObject({
      kind: 'button',
      text: 'Stop promotions',
      choice: { source: 'quick_reply', id: 'STOP_PROMO' },
    })
  })

  test('a completed flow gives its answers, long numbers whole', () => {
    expect(choices['wamid.FLW']).toMatchObject({
      kind: 'interactive',
      text: 'Sent',
      choice: { source: 'flow', title: 'flow', data: { order: '12345678901234567890', rating: '4' } },
    })
  })

  test('a flow whose answers are not JSON keeps them as text', () => {
    const content = contentOf({
      type: 'interactive',
      interactive: { type: 'nfm_reply', nfm_reply: { response_json: 'not {json', name: 'flow' } },
    })
    expect(content.choice?.data).toBe('not {json')
  })

  test('answers nested without end are cut off', () => {
    const response_json = `${'['.repeat(5_000)}${']'.repeat(5_000)}`
    const content = contentOf({ type: 'interactive', interactive: { nfm_reply: { response_json } } })
    expect(JSON.stringify(content.choice?.data).length).toBeLessThan(40)
  })

  test('a call permission says accept or reject', () => {
    expect(choices['wamid.CAL']).toMatchObject({
      kind: 'interactive',
      choice: { source: 'call_permission', id: 'accept', data: { expiration_timestamp: 1760600000 } },
    })
  })
})

describe('what can’t be shown', () => {
  const unsupported = contents('unsupported')

  test.each([
    ['wamid.UN1', { type: 'poll', code: '131051', title: 'Message type unknown', details: 'Not supported.' }],
    ['wamid.UN2', { type: 'unknown', code: '131051', title: 'Unsupported message type' }],
    ['wamid.UN3', { type: 'hologram' }],
    ['wamid.UN4', { type: 'image', code: '131052', title: 'Media download error', details: 'Larger than 100 MB.' }],
  ])('%s leaves a placeholder with the provider’s word', (id, provider) => {
    expect(unsupported[id]).toEqual({ kind: 'unsupported', provider })
  })

  test('an error of the whole webhook explains the message that came empty, and no other', () => {
    const errors = [{ code: 131000, title: 'Something went wrong' }]
    expect(contentOf({ type: 'interactive' }, errors)).toMatchObject({
      kind: 'unsupported',
      provider: { type: 'interactive', code: '131000' },
    })
    expect(contentOf({ type: 'text', text: { body: 'fine' } }, errors)).toEqual({ kind: 'text', text: 'fine' })
  })

  test('content that came with an error of its own keeps both', () => {
    const message = { type: 'image', image: { id: '1' }, errors: [{ code: 131052, title: 'Media download error' }] }
    expect(contentOf(message)).toMatchObject({ kind: 'image', provider: { type: 'image', code: '131052' } })
  })

  test.each([
    ['text', { text: {} }],
    ['image', { image: { mime_type: 'image/jpeg' } }],
    ['contacts', { contacts: [] }],
    ['interactive', { interactive: { type: 'new_reply', new_reply: {} } }],
    ['button', { button: {} }],
    ['order', { order: { catalog_id: '1' } }],
  ])('%s without what makes it one', (type, members) => {
    expect(contentOf({ type, ...members })).toEqual({ kind: 'unsupported', provider: { type } })
  })
})
