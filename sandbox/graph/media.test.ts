import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { refusalOf, SHOP, useSandbox } from '../testing/use-sandbox.ts'

const under = useSandbox()
const token = SHOP.accessToken
const bytes = Buffer.from('not really a picture')
const upload = (type: string, size = bytes.length) => {
  const form = new FormData()
  form.set('messaging_product', 'whatsapp')
  form.set('type', type)
  form.set('file', new Blob([size === bytes.length ? bytes : Buffer.alloc(size)], { type }), 'parcel.jpg')
  return under.client.graph(`${SHOP.phoneNumberId}/media`, { token, body: form })
}

test('an upload comes back byte for byte through an address that wants the token', async () => {
  const { body } = await upload('image/jpeg')
  const id = String(body?.id)
  const query = await under.client.graph(`${id}?phone_number_id=${SHOP.phoneNumberId}`, { token })
  expect(query.body).toMatchObject({
    id,
    mime_type: 'image/jpeg',
    file_size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })
  const url = String(query.body?.url)
  const download = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
  expect(Buffer.from(await download.arrayBuffer()).equals(bytes)).toBe(true)
  expect((await fetch(url)).status).toBe(401)
  expect((await fetch(url, { headers: { authorization: 'Bearer other' } })).status).toBe(404)
})

test('the address is over after five minutes, and the id gives a new one', async () => {
  const id = String((await upload('image/jpeg')).body?.id)
  const first = String((await under.client.graph(id, { token })).body?.url)
  await under.client.advanceClock(5 * 60_000 + 1_000)
  expect((await fetch(first, { headers: { authorization: `Bearer ${token}` } })).status).toBe(404)
  const second = String((await under.client.graph(id, { token })).body?.url)
  expect((await fetch(second, { headers: { authorization: `Bearer ${token}` } })).status).toBe(200)
})

test('an uploaded picture can be sent, but not as a sticker', async () => {
  await under.client.say(SHOP.phoneNumberId, { waId: '+15550102030' }, 'Hi')
  const id = String((await upload('image/jpeg')).body?.id)
  expect((await under.send({ to: '+15550102030', type: 'image', image: { id, caption: 'Here' } })).status).toBe(200)
  expect(refusalOf(await under.send({ to: '+15550102030', type: 'sticker', sticker: { id } })).code).toBe(131053)
})

test.each([
  ['a type nobody takes', () => upload('application/x-msdownload'), 100],
  ['a picture above 5 MB', () => upload('image/jpeg', 5_242_881), 131053],
])('%s is refused', async (_what, act, code) => {
  expect(refusalOf(await act()).code).toBe(code)
})

test('a customer’s picture is fetched the same way, and its hash in the webhook is base64', async () => {
  await under.client.say(
    SHOP.phoneNumberId,
    { waId: '+15550102030' },
    { type: 'image', media: { base64: bytes.toString('base64'), mimeType: 'image/jpeg' } },
  )
  await under.receiver.until(() => under.receiver.messages().length === 1, 'the picture')
  const image = under.receiver.messages()[0]?.image as { id: string; sha256: string }
  expect(image.sha256).toBe(createHash('sha256').update(bytes).digest('base64'))
  expect((await under.client.graph(image.id, { token })).body).toMatchObject({ file_size: bytes.length })
  expect((await under.client.graph(image.id, { token, method: 'DELETE' })).body).toEqual({ success: true })
  expect((await under.client.graph(image.id, { token })).status).toBe(400)
})
