import { describe, expect, test } from 'vitest'
import { outboundOf } from '#tests/builders/whatsapp-outbound.ts'
import { sharedFixtures } from '#tests/setup/fixtures.ts'
import type { Http } from '../connector.ts'
import { requestBody } from './content.ts'
import { createWhatsapp } from './index.ts'

type Json = Record<string, unknown>
interface Exchange {
  requests: { body?: Json }[]
  responses: { status: number; body: string | { messages?: { id: string }[]; error?: { code?: number } } }[]
  client_classified_error?: string
}

const sends = sharedFixtures('whatsapp-cloud/send')?.map(({ file, bytes }) => ({
  file,
  exchange: JSON.parse(bytes.toString()) as Exchange,
}))
const examples = sharedFixtures('whatsapp-cloud/requests')?.map(({ file, bytes }) => ({ file, body: JSON.parse(bytes.toString()) as Json }))

/** The same but for what we add, what we leave to its default, and spellings that the provider treats alike. */
function comparable(body: unknown): unknown {
  const text = JSON.stringify(body, (key, value) => {
    if (key === 'biz_opaque_callback_data' || key === 'policy' || (key === 'preview_url' && value === false)) return undefined
    if (key === 'to') return String(value).replace(/^\+/, '')
    if (key === 'index') return String(value)
    // Files may be named by an address; we name them by id.
    if (typeof value === 'object' && value !== null && 'link' in value) {
      const { link, ...file } = value
      return { id: link, ...file }
    }
    return value
  })
  return JSON.parse(text)
}

const isPlaceholder = (body: Json) => !/^\+?\d+$/.test(String(body.to ?? '1'))

/** Why a request of theirs has no like among ours; a kind we do offer must never be among the reasons. */
function reasonNotOurs(body: Json): string {
  const interactive = body.interactive as { type?: string; header?: { type?: string } } | undefined
  if (body.recipient_type === 'group') return 'to a group'
  if (isPlaceholder(body)) return 'to a placeholder'
  if (interactive && interactive.type !== 'button' && interactive.type !== 'list') return `interactive ${interactive.type}`
  if (interactive?.header) return `header ${interactive.header.type}`
  return body.type === 'template' ? 'template component' : String(body.type)
}
const OFFERED = ['text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'reaction', 'interactive', 'header text']

describe.skipIf(!sends || !examples)('requests that others sent', () => {
  const theirs = [
    ...(sends ?? []).flatMap(({ file, exchange }) => exchange.requests.map((request) => ({ file, body: request.body ?? {} }))),
    ...(examples ?? []),
  ].filter(({ body }) => body.messaging_product === 'whatsapp' && typeof body.type === 'string')
  const compared = theirs.flatMap(({ file, body }) => {
    const message = isPlaceholder(body) ? null : outboundOf(body)
    return message ? [{ file, body, message }] : []
  })

  test.each(compared.map(({ file, body, message }) => [file, body, message] as const))(
    '%s is what we would send',
    (_file, body, message) => {
      expect(comparable(requestBody(message))).toEqual(comparable(body))
    },
  )

  test('are like ours unless they are of a kind we do not offer', () => {
    const others = theirs.filter(({ file }) => !compared.some((own) => own.file === file))
    expect(others.map(({ body }) => reasonNotOurs(body)).filter((reason) => OFFERED.includes(reason))).toEqual([])
    expect(compared).not.toHaveLength(0)
  })
})

describe.skipIf(!examples)('read marks that others sent', () => {
  const marks = (examples ?? []).filter(({ body }) => body.status === 'read')

  test.each(marks.map(({ file, body }) => [file, body] as const))('%s is what we would send', async (_file, body) => {
    let sent: unknown
    const http: Http = async (request) => {
      sent = JSON.parse(String(request.body))
      return { kind: 'answer', status: 200, headers: {}, body: Buffer.from('{"success":true}') }
    }
    const mark = { from: '1', externalId: String(body.message_id), typing: 'typing_indicator' in body }
    await createWhatsapp({ graphUrl: 'https://graph.example.com/v25.0' }).extras.markRead?.(mark, { accessToken: 't' }, http)
    expect(sent).toEqual(body)
  })
})

describe.skipIf(!sends)('answers that others got', () => {
  const answers = (sends ?? []).flatMap(({ file, exchange }) =>
    exchange.responses.map((response) => ({ file, response, classed: exchange.client_classified_error ?? '' })),
  )

  test.each(answers.map((answer) => [answer.file, answer] as const))('%s means what it says', async (_file, { response, classed }) => {
    const { status, body } = response
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const http: Http = async () => ({ kind: 'answer', status, headers: {}, body: Buffer.from(text) })
    const message = { echo: 'atm_1', from: '1', to: { phone: '250788123123' }, content: { kind: 'text', text: 'x' } } as const
    const outcome = await createWhatsapp({ graphUrl: 'https://graph.example.com/v25.0' }).send(message, { accessToken: 't' }, http)
    const { messages, error } = typeof body === 'string' ? {} : body
    if (error?.code !== undefined) expect(outcome).toMatchObject({ kind: 'refused', error: { code: String(error.code) } })
    else if (messages?.[0]) expect(outcome).toMatchObject({ kind: 'accepted', externalId: messages[0].id })
    else expect(outcome.kind).toBe('ambiguous')
    if (classed.includes('Throttled')) expect(outcome.kind === 'refused' && outcome.error.class).toMatch(/rate$/)
  })
})
