import { describe, expect, test } from 'vitest'
import { sharedFixtures } from '#tests/setup/fixtures.ts'
import { rebuild } from '../testing/fixture-inputs.ts'
import { differencesBetween, type Shape, shapeOf } from '../testing/shapes.ts'
import { SHOP, useSandbox } from '../testing/use-sandbox.ts'
import type { ContentInput } from './content-input.ts'

/**
 * The sandbox's webhooks against payloads that others recorded, both ways: each recorded payload of a kind we build comes out
 * of our builders with the same key paths and JSON types, and what the sandbox really posts has no path that no recording has.
 */
const fixtures = sharedFixtures('whatsapp-cloud/webhooks') ?? []
const recorded = fixtures.map(({ file, bytes }) => ({ file, payload: JSON.parse(bytes.toString('utf8')) as unknown }))

/** Fields of ours that nobody sends any more, or that a fixture carries by mistake. */
const NOT_BUILT: readonly [path: RegExp, why: string][] = [
  [/\.(image|document|video|audio|sticker)\.file$/, 'a path on the disk of the on-premises server that preceded the Cloud API'],
  [/statuses\[\]\.type$/, 'the word "message" that the on-premises server wrote into every status'],
]

/** Fields that the sandbox passes on by hand (`POST control/updates`) and has no builder for. */
const FIELDS_NOT_PLAYED = [
  'account_',
  'automatic_events',
  'business_',
  'calls',
  'flows',
  'group_',
  'history',
  'message_template_components_update',
  'partner_',
  'payment_',
  'phone_number_',
  'security',
  'smb_app_state_sync',
  'standby',
  'tracking_events',
  'user_id_update',
]

describe.skipIf(recorded.length === 0)('recorded webhooks come out of our builders', () => {
  const rebuilt = recorded.map(({ file, payload }) => ({ file, ...rebuild(payload) }))

  test.each(rebuilt.filter(({ built }) => built.length > 0))('$file', ({ built }) => {
    for (const { original, ours } of built) {
      const expected = shapeOf(original).filter(({ path }) => !NOT_BUILT.some(([pattern]) => pattern.test(path)))
      expect(differencesBetween(expected, shapeOf(ours))).toEqual([])
    }
  })

  test('no kind we play is left out', () => {
    const compared = new Set(rebuilt.flatMap(({ built }) => built.map(({ kind }) => kind)))
    const present = new Set(rebuilt.flatMap(({ kinds }) => kinds))
    const skipped = [...present].filter((kind) => !compared.has(kind))
    expect(skipped.filter((kind) => !FIELDS_NOT_PLAYED.some((field) => kind.startsWith(field)))).toEqual([])
    expect(compared.size).toBeGreaterThanOrEqual(10)
  })
})

describe.skipIf(recorded.length === 0)('what the sandbox posts has been seen elsewhere', () => {
  const under = useSandbox()
  const known = knownPaths()
  const from = { waId: '+15550102030', name: 'Maya', username: 'maya' }
  const contents: ContentInput[] = [
    { type: 'text', text: 'Hi' },
    { type: 'image', media: { caption: 'torn' } },
    { type: 'video', media: { base64: 'AAAA', mimeType: 'video/mp4' } },
    { type: 'audio', media: { base64: 'AAAA', mimeType: 'audio/ogg', voice: true } },
    { type: 'document', media: { base64: 'AAAA', mimeType: 'application/pdf', fileName: 'a.pdf' } },
    { type: 'sticker', media: { base64: 'AAAA', mimeType: 'image/webp', animated: false } },
    { type: 'location', latitude: 1, longitude: 2, name: 'Here', address: 'There' },
    {
      type: 'contacts',
      contacts: [{ name: { formatted_name: 'Noor H', first_name: 'Noor' }, phones: [{ phone: '+1 555', waId: '1555', type: 'CELL' }] }],
    },
    { type: 'reaction', messageId: 'wamid.x', emoji: '👍' },
    { type: 'button_reply', id: 'yes', title: 'Yes' },
    { type: 'list_reply', id: 'mon', title: 'Monday', description: 'morning' },
    { type: 'quick_reply', payload: 'yes', text: 'Yes' },
    { type: 'order', catalogId: '1', products: [{ productRetailerId: 'p', quantity: 1, itemPrice: 2, currency: 'USD' }] },
    { type: 'revoke', messageId: 'wamid.x' },
    { type: 'unsupported', was: 'edit' },
  ]

  test.each(contents)('a message of kind $type', async (content) => {
    await under.client.say(SHOP.phoneNumberId, from, content)
    await under.receiver.until(() => under.receiver.messages().length > 0, 'the message')
    expectKnown(under.receiver.webhooks.map(({ raw }) => raw))
  })

  test('receipts, a failure included', async () => {
    await under.client.say(SHOP.phoneNumberId, from, 'Hi')
    await under.send({ to: '+15550102030', type: 'text', text: { body: 'x' } })
    await under.send({ to: '+15550109999', type: 'text', text: { body: 'outside the window' } })
    await under.receiver.until(() => under.receiver.statuses().length === 4, 'four receipts')
    expectKnown(under.receiver.webhooks.map(({ raw }) => raw))
  })

  test('echoes, preferences, a changed number and templates', async () => {
    await under.client.say(SHOP.phoneNumberId, from, 'Hi')
    const maya = await under.client.saveCustomer(from)
    await under.client.echo({
      phoneNumberId: SHOP.phoneNumberId,
      to: { waId: '+15550102030' },
      content: { type: 'text', text: 'From my phone' },
    })
    await fetch(`${under.client.url}/sandbox/control/customers/${maya.id}/number`, json({ waId: '+15550102031' }))
    await fetch(
      `${under.client.url}/sandbox/control/customers/${maya.id}/preferences`,
      json({ phoneNumberId: SHOP.phoneNumberId, value: 'stop' }),
    )
    const [template] = (await under.client.templates(SHOP.wabaId)).templates
    await under.client.changeTemplate(String(template?.id), { status: 'PAUSED', quality: 'RED', category: 'MARKETING' })
    await under.receiver.until(() => under.receiver.webhooks.length === 5, 'all five')
    expectKnown(under.receiver.webhooks.map(({ raw }) => raw))
  })

  function expectKnown(bodies: readonly string[]): void {
    for (const body of bodies) {
      const unseen = shapeOf(JSON.parse(body)).filter(({ path, type }) => !known.has(`${path} ${type}`) && !WORDED_BY_META.test(path))
      expect(unseen).toEqual([])
    }
  }
})

/** In Meta's reference, but in none of the recordings of this half. */
const WORDED_BY_META =
  /\.(errors\[\]\.(code|title|message|href|error_data\.details)|biz_opaque_callback_data|recipient_user_id|voice|other_info\.(title|description)|previous_category|category_update_timestamp|message_template_category|reason|event|(system|user_preferences\[\])\.user_id|(sticker|video|audio|document|image)\.(caption|filename|mime_type|sha256|id))$/

function knownPaths(): Set<string> {
  const shapes: Shape[] = recorded.flatMap(({ payload }) => shapeOf(payload))
  return new Set(shapes.map(({ path, type }) => `${path} ${type}`))
}

function json(body: unknown): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
}
