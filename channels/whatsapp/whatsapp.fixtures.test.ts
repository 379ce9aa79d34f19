import { describe, expect, test } from 'vitest'
import { whatsappRequest } from '#tests/builders/whatsapp.ts'
import { type Fixture, sharedFixtures } from '#tests/setup/fixtures.ts'
import { CONTENT_KINDS, type InboundEvent, RECEIPT_STATUSES } from '../connector.ts'
import { parseWebhook } from './parse.ts'

const ACCOUNT = [
  'account_update',
  'account_alerts',
  'account_review_update',
  'phone_number_name_update',
  'phone_number_quality_update',
  'business_capability_update',
  'security',
]
const TEMPLATE = [
  'message_template_status_update',
  'message_template_quality_update',
  'message_template_components_update',
  'template_category_update',
]
const PEOPLE = ['user_preferences', 'user_id_update', 'smb_message_echoes', 'history']
const CHOICES = { button_reply: 'button', list_reply: 'list', nfm_reply: 'flow', call_permission_reply: 'call_permission' } as const
const includes = (list: readonly string[], word: string) => list.includes(word)

/** One clause of the README's kind, such as `inbound interactive list_reply (reply context)` or `field account_update`. */
interface Clause {
  what: string
  name: string
  word: string
  /** All the words, for the marks in brackets. */
  kind: string
}

function clausesOf({ kind }: Fixture): Clause[] {
  return kind.split('; ').map((clause) => {
    const [what = '', name = '', word = ''] = clause.split(' ')
    return { what, name, word: /^[([]/.test(word) ? '' : word, kind }
  })
}

/** What an event must look like for the clause to be true of it. */
function promised(clause: Clause, event: InboundEvent): object {
  switch (clause.what) {
    case 'inbound':
      return promisedMessage(clause, event)
    case 'status':
      return includes(RECEIPT_STATUSES, clause.name) ? { type: 'receipt', status: clause.name } : { type: 'unsupported', field: 'messages' }
    case 'field':
      return promisedField(clause, event)
    default:
      return event.type === 'message' ? { content: { provider: { code: clause.name } } } : { type: 'account' }
  }
}

function promisedMessage({ name, word, kind }: Clause, event: InboundEvent): object {
  if (name === 'system') return { type: 'person_changed' }
  if (includes(['reaction', 'edit', 'revoke'], name)) return { type: name }
  const says = (mark: string, members: object) => (kind.includes(mark) ? members : {})
  return {
    type: 'message',
    externalId: expect.stringMatching(/./),
    person: { identities: expect.arrayContaining([expect.objectContaining(says('(BSUID)', { kind: 'bsuid' }))]) },
    content: promisedContent({ name, word, kind }, event),
    ...(/\((reply context|forwarded|ad referral|group)\)/.test(kind) && {
      context: {
        ...says('(reply context)', { replyToExternalId: expect.stringMatching(/./) }),
        ...says('(forwarded)', { forwarded: expect.stringMatching(/once|often/) }),
        ...says('(ad referral)', { referral: { sourceId: expect.stringMatching(/./) } }),
        ...says('(group)', { groupId: expect.stringMatching(/./) }),
      },
    }),
  }
}

/** A message that came with an error, of a kind nobody knows, or with words where numbers belong is shown as a placeholder. */
function promisedContent({ name, word, kind }: Omit<Clause, 'what'>, event: InboundEvent): object {
  if (name === 'unsupported' || name === 'unknown') return { kind: 'unsupported' }
  const isHollow = kind.includes('skeleton') && event.type === 'message' && event.content.kind === 'unsupported'
  if (!includes(CONTENT_KINDS, name) || kind.includes('value.errors') || isHollow) return { kind: 'unsupported', provider: { type: name } }
  const choice = Object.entries(CHOICES).find(([reply]) => reply === word)?.[1]
  return { kind: name === 'audio' ? expect.stringMatching(/audio|voice/) : name, ...(choice && { choice: { source: choice } }) }
}

function promisedField({ name, word }: Clause, event: InboundEvent): object {
  if (includes(ACCOUNT, name)) return { type: 'account', field: name, ...(word && { summary: expect.stringContaining(word) }) }
  if (includes(TEMPLATE, name)) return { type: 'template', ...(word && { status: word }) }
  if (name === 'user_preferences') return { type: 'preference', ...(word && { value: word }) }
  if (name === 'user_id_update') return { type: 'person_changed', change: 'bsuid' }
  if (name === 'history') return event.type === 'message' || event.type === 'echo' ? { history: true } : { field: 'history' }
  if (name === 'smb_message_echoes') {
    return includes(['revoke', 'edit', 'reaction'], word)
      ? { type: word, fromBusiness: true }
      : { type: 'echo', ...(word && { content: { kind: word } }) }
  }
  return { type: 'unsupported', field: name }
}

/** How many updates of a fixture are left alone on purpose; nothing else may become `unsupported`. */
function leftAlone(fixture: Fixture): number {
  const [{ what, name } = { what: '', name: '' }] = clausesOf(fixture)
  if (what === 'status') return includes(RECEIPT_STATUSES, name) ? 0 : 1
  if (what === 'field' && !includes([...ACCOUNT, ...TEMPLATE, ...PEOPLE], name)) return 1
  return fixture.bytes.toString().split('"media_placeholder"').length - 1
}

/** A webhook may hold several things, so each promise must be kept by some event, and each event must keep some promise. */
function fits(event: InboundEvent, clause: Clause): boolean {
  try {
    expect(event).toMatchObject(promised(clause, event))
    return true
  } catch {
    return false
  }
}

const parse = ({ bytes }: Fixture) => parseWebhook(whatsappRequest(bytes.toString()))
const isLeft = (event: InboundEvent) => event.type === 'unsupported'
const fixtures = sharedFixtures('whatsapp-cloud/webhooks')

describe.skipIf(!fixtures)('webhooks that others recorded', () => {
  const all = fixtures ?? []

  test.each(all.map((fixture) => [`${fixture.file}: ${fixture.kind}`, fixture] as const))('%s', (_name, fixture) => {
    const events = parse(fixture)
    expect(events).not.toHaveLength(0)
    const clauses = clausesOf(fixture)
    for (const { what } of clauses) expect(['inbound', 'status', 'field', 'value.errors']).toContain(what)
    for (const clause of clauses)
      expect(
        events.some((event) => fits(event, clause)),
        JSON.stringify(events, null, 2),
      ).toBe(true)
    for (const event of events)
      expect(
        clauses.some((clause) => fits(event, clause)),
        JSON.stringify(event, null, 2),
      ).toBe(true)
    expect(events.filter(isLeft)).toHaveLength(leftAlone(fixture))
  })

  test('are all named by their README, and leave alone exactly as many updates as it says', () => {
    expect(all.filter((fixture) => fixture.kind === '').map((fixture) => fixture.file)).toEqual([])
    expect(all.flatMap(parse).filter(isLeft)).toHaveLength(all.reduce((sum, fixture) => sum + leftAlone(fixture), 0))
  })
})
