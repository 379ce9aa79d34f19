import { connect } from 'node:net'
import { describe, expect, test } from 'vitest'
import { refusalOf, SHOP, useSandbox } from '../testing/use-sandbox.ts'

const under = useSandbox()
const MAYA = '+15550102030'
const text = (body = 'Hello', to = MAYA) => ({ recipient_type: 'individual', to, type: 'text', text: { body } })

async function mayaWrites(): Promise<string> {
  return under.client.say(SHOP.phoneNumberId, { waId: MAYA, name: 'Maya' }, 'Hi, where is my order?')
}

function sentIn(answer: { body: Record<string, unknown> | undefined }): { id: string; message_status?: string } | undefined {
  const messages = answer.body?.messages as { id: string; message_status?: string }[] | undefined
  return messages?.[0]
}

function messageIdOf(answer: { body: Record<string, unknown> | undefined }): string {
  return sentIn(answer)?.id ?? ''
}

describe('behaviours', () => {
  test('an error code strikes the next calls it was told to, in the documented envelope', async () => {
    await mayaWrites()
    await under.client.behave({ times: 2, effect: { kind: 'error', code: 131016 } })
    const codes = [await under.send(text()), await under.send(text()), await under.send(text())].map((answer) => [
      answer.status,
      refusalOf(answer).code,
    ])
    expect(codes).toEqual([
      [500, 131016],
      [500, 131016],
      [200, undefined],
    ])
  })

  test('a behaviour for one recipient leaves others alone', async () => {
    await under.client.registerNumber({ ...SHOP, unknownWindow: 'open' })
    await under.client.behave({ match: { to: '+1 (555) 010-2030' }, effect: { kind: 'error', code: 131026 } })
    expect(refusalOf(await under.send(text())).code).toBe(131026)
    expect((await under.send(text('x', '+15550109999'))).status).toBe(200)
  })

  test('a share of calls is struck, the same ones for the same seed', async () => {
    await under.client.registerNumber({ ...SHOP, unknownWindow: 'open' })
    const run = async () => {
      await under.client.forgetBehaviours()
      await under.client.behave({ share: 0.5, seed: 7, effect: { kind: 'error', code: 131000 } })
      const struck: boolean[] = []
      for (let nth = 0; nth < 20; nth++) struck.push((await under.send(text())).status !== 200)
      return struck
    }
    const first = await run()
    expect(first.filter(Boolean).length).toBeGreaterThan(3)
    expect(first.filter(Boolean).length).toBeLessThan(17)
    expect(await run()).toEqual(first)
  })

  test('a bare 500 has no body; accepted or not is told by the journal alone', async () => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect: { kind: 'http', status: 500 } })
    const lost = await under.send({ ...text(), biz_opaque_callback_data: 'lost' })
    await under.client.behave({ times: 1, effect: { kind: 'http', status: 500, accept: true } })
    const taken = await under.send({ ...text(), biz_opaque_callback_data: 'taken' })
    expect([lost, taken].map(({ status, body }) => [status, body])).toEqual([
      [500, undefined],
      [500, undefined],
    ])
    const facts = (await under.client.readJournal()).filter((entry) => 'echo' in entry && (entry.echo === 'lost' || entry.echo === 'taken'))
    expect(facts.map((entry) => entry.kind).slice(0, 2)).toEqual(['send.lost', 'send.accepted'])
    await under.receiver.until(
      () => under.receiver.statuses().some((status) => status.biz_opaque_callback_data === 'taken'),
      'the receipt of the taken one',
    )
  })

  test.each([
    ['before', false, 'send.lost'],
    ['after', true, 'send.accepted'],
  ])('the connection is reset %s the message is taken', async (_when, accept, kind) => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect: { kind: 'reset', accept } })
    await expect(under.send({ ...text(), biz_opaque_callback_data: `reset-${kind}` })).rejects.toThrow()
    const facts = (await under.client.readJournal()).filter((entry) => 'echo' in entry && entry.echo === `reset-${kind}`)
    expect(facts[0]?.kind).toBe(kind)
  })

  test('a hanging call stays silent until the client gives up', async () => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect: { kind: 'hang', accept: true } })
    const body = JSON.stringify({ messaging_product: 'whatsapp', ...text(), biz_opaque_callback_data: 'hung' })
    const socket = connect(under.sandbox.port, '127.0.0.1')
    let heard = ''
    socket.on('data', (data) => {
      heard += data
    })
    socket.on('error', () => undefined)
    socket.write(
      `POST /graph/v25.0/${SHOP.phoneNumberId}/messages HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${SHOP.accessToken}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    )
    await under.receiver.until(() => under.receiver.statuses().some((status) => status.biz_opaque_callback_data === 'hung'), 'its receipts')
    expect(heard).toBe('')
    socket.destroy()
  })

  test('receipts come doubled and in reverse', async () => {
    await mayaWrites()
    await under.client.behave({ effect: { kind: 'receipts', copies: 2, order: 'reversed' } })
    await under.send(text())
    await under.receiver.until(() => under.receiver.statuses().length === 6, 'six receipts')
    const counted = under.receiver.statuses().map((status) => status.status)
    expect(counted.filter((status) => status === 'read')).toHaveLength(2)
    expect(
      (await under.client.readJournal())
        .filter((entry) => entry.kind === 'receipt')
        .slice(-3)
        .map((entry) => entry.status),
    ).toEqual(['read', 'delivered', 'sent'])
  })

  test('a receipt can be answered before the send is', async () => {
    await mayaWrites()
    await under.client.behave({ effect: { kind: 'receipts', beforeAnswer: true, hold: true } })
    const answer = await under.send(text())
    expect(under.receiver.statuses()).toEqual([expect.objectContaining({ status: 'sent', id: messageIdOf(answer) })])
  })

  test('held receipts come when they are released', async () => {
    await mayaWrites()
    await under.client.behave({ times: 1, effect: { kind: 'receipts', hold: true } })
    await under.send(text())
    expect((await under.client.state()).held).toBe(3)
    expect(under.receiver.statuses()).toEqual([])
    expect((await under.client.releaseReceipts()).released).toBe(3)
    await under.receiver.until(() => under.receiver.statuses().length === 3, 'three receipts')
  })

  test('a script may let a message fail after it was sent', async () => {
    await mayaWrites()
    await under.client.behave({ effect: { kind: 'receipts', failWith: 131049 } })
    await under.send(text())
    await under.receiver.until(() => under.receiver.statuses().length === 2, 'sent and failed')
    expect(under.receiver.statuses().at(-1)).toMatchObject({ status: 'failed', errors: [{ code: 131049 }] })
  })
})
