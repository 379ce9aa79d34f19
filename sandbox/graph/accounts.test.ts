import { expect, test } from 'vitest'
import { refusalOf, SHOP, useSandbox, VERIFY_TOKEN } from '../testing/use-sandbox.ts'

const under = useSandbox()
const token = SHOP.accessToken
const subscribe = (body: Record<string, unknown> = {}) => under.client.graph(`${SHOP.wabaId}/subscribed_apps`, { token, body })

test('an account that is not subscribed hears nothing until it subscribes', async () => {
  await under.client.registerNumber({ ...SHOP, subscribed: false })
  const silent = await under.client.inbound({
    phoneNumberId: SHOP.phoneNumberId,
    messages: [{ from: { waId: '+15550102030' }, content: { type: 'text', text: 'Hi' } }],
  })
  expect(silent.webhookIds).toEqual([])
  expect((await under.client.graph(`${SHOP.wabaId}/subscribed_apps`, { token })).body).toEqual({ data: [] })
  expect((await subscribe()).body).toEqual({ success: true })
  await under.client.say(SHOP.phoneNumberId, { waId: '+15550102030' }, 'Hi again')
  await under.receiver.until(() => under.receiver.messages().length === 1, 'the second message')
})

test('a callback of one’s own must answer the handshake', async () => {
  const refused = await subscribe({ override_callback_uri: under.receiver.url, verify_token: 'wrong' })
  expect([refused.status, refusalOf(refused).code]).toEqual([400, 2200])
  const taken = await subscribe({ override_callback_uri: `${under.receiver.url}/own`, verify_token: VERIFY_TOKEN })
  expect(taken.body).toEqual({ success: true })
  const { body } = await under.client.graph(`${SHOP.wabaId}/subscribed_apps`, { token })
  expect(body?.data).toEqual([expect.objectContaining({ override_callback_uri: `${under.receiver.url}/own` })])
})

test('a number tells the fields it is asked for', async () => {
  const asked = await under.client.graph(
    `${SHOP.phoneNumberId}?fields=verified_name,quality_rating,whatsapp_business_manager_messaging_limit`,
    { token },
  )
  expect(asked.body).toEqual({
    verified_name: 'Lucky Shrub',
    quality_rating: 'GREEN',
    whatsapp_business_manager_messaging_limit: 'TIER_2K',
    id: SHOP.phoneNumberId,
  })
  const listed = await under.client.graph(`${SHOP.wabaId}/phone_numbers`, { token })
  expect(listed.body?.data).toEqual([expect.objectContaining({ id: SHOP.phoneNumberId, display_phone_number: SHOP.displayNumber })])
})

test('the control API can run the handshake of the shared app', async () => {
  expect(await under.client.verifyWebhook()).toEqual({ verified: true, problem: null })
})
