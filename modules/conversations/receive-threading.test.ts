import { describe, expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import { place, type Slot } from './receive-threading.ts'
import type { Arrival, ReceivingConversation } from './receive-types.ts'

const [tenantId, contactId, channelAccountId] = [newId('tenant'), newId('contact'), newId('channelAccount')]
const at = (minute: number) => new Date(Date.UTC(2026, 10, 20, 9, minute))

function aConversation(given: Partial<ReceivingConversation> = {}): ReceivingConversation {
  return {
    tenantId,
    id: newId('conversation'),
    contactId,
    slot: 'all',
    status: 'open',
    assigneeId: null,
    lastMessageAt: at(0),
    lastInboundAt: at(0),
    resolvedAt: null,
    version: 1,
    outcome: 'found',
    ...given,
  }
}
const resolved = (minute: number) => aConversation({ status: 'resolved', resolvedAt: at(minute) })

function aSlot(given: Partial<Slot> & { answers?: ReceivingConversation } = {}): Slot {
  const { answers, ...rest } = given
  return {
    open: null,
    latest: null,
    answered: new Map(answers ? [[answers.id, answers]] : []),
    rules: { slot: 'all', reopenWindowHours: 72 },
    create: (arrival, status) =>
      aConversation({
        status,
        outcome: 'opened',
        lastMessageAt: arrival.at,
        lastInboundAt: null,
        resolvedAt: status === 'resolved' ? arrival.at : null,
      }),
    ...rest,
  }
}
function anArrival(given: Partial<Arrival> = {}): Arrival {
  return { tenantId, contactId, channelAccountId, mode: 'customer', at: at(10), timeResolutionMs: 1_000, answersId: null, ...given }
}

describe("a customer's message", () => {
  test.each(['open', 'pending', 'snoozed'] as const)('joins a conversation that is %s, which is open from then on', (status) => {
    const conversation = aConversation({ status })
    const placed = place(aSlot({ open: conversation }), anArrival())
    expect(placed).toMatchObject({ isLate: false, conversation: { id: conversation.id, status: 'open' } })
    expect(placed?.conversation.outcome).toBe(status === 'open' ? 'found' : 'woken')
  })

  test('that is older than what is shown wakes nothing', () => {
    const snoozed = aConversation({ status: 'snoozed', lastMessageAt: at(20) })
    expect(place(aSlot({ open: snoozed }), anArrival())).toMatchObject({
      isLate: true,
      conversation: { status: 'snoozed', outcome: 'found' },
    })
  })

  test('that is the first of its customer is never too old: the business may have begun', () => {
    const pending = aConversation({ status: 'pending', lastMessageAt: at(20), lastInboundAt: null })
    expect(place(aSlot({ open: pending }), anArrival())).toMatchObject({ isLate: true, conversation: { status: 'open', outcome: 'woken' } })
  })

  test('opens a new conversation when there is none, and the next one joins it', () => {
    const slot = aSlot()
    const first = place(slot, anArrival())
    expect(first?.conversation).toMatchObject({ status: 'open', outcome: 'opened' })
    expect(place(slot, anArrival({ at: at(11) }))?.conversation).toBe(first?.conversation)
  })

  test('opens a new conversation after a resolved one', () => {
    expect(place(aSlot({ latest: resolved(5) }), anArrival())?.conversation.outcome).toBe('opened')
  })

  test('reopens the conversation it answers, within the window', () => {
    const answered = resolved(5)
    const slot = aSlot({ latest: answered, answers: answered })
    expect(place(slot, anArrival({ answersId: answered.id }))).toMatchObject({
      conversation: { id: answered.id, status: 'open', outcome: 'reopened' },
    })
    expect(slot.open).toBe(answered)
  })

  test('does not reopen what it answers after the window', () => {
    const answered = resolved(5)
    const slot = aSlot({ latest: answered, answers: answered, rules: { slot: 'all', reopenWindowHours: 1 } })
    expect(place(slot, anArrival({ answersId: answered.id, at: at(66) }))?.conversation.outcome).toBe('opened')
    expect(answered.status).toBe('resolved')
  })

  test('that was written before the resolution and arrives after it stays in the resolved one', () => {
    const latest = resolved(15)
    const placed = place(aSlot({ latest, answers: latest }), anArrival({ answersId: latest.id }))
    expect(placed).toEqual({ conversation: latest, isLate: true })
    expect(latest.status).toBe('resolved')
  })

  test('of the very second of the resolution is not late, since the provider counts in seconds', () => {
    const latest = aConversation({ status: 'resolved', resolvedAt: new Date(at(10).getTime() + 999) })
    expect(place(aSlot({ latest }), anArrival())?.conversation.outcome).toBe('opened')
    latest.resolvedAt = new Date(at(10).getTime() + 1_000)
    expect(place(aSlot({ latest }), anArrival())?.isLate).toBe(true)
  })
})

describe("what the business wrote in the provider's app", () => {
  const echo = anArrival({ mode: 'business' })
  test('joins without waking', () => {
    const snoozed = aConversation({ status: 'snoozed' })
    expect(place(aSlot({ open: snoozed }), echo)).toMatchObject({ conversation: { status: 'snoozed' }, isLate: false })
  })
  test('is added to a recently resolved conversation, which stays resolved', () => {
    const latest = resolved(5)
    expect(place(aSlot({ latest }), echo)).toEqual({ conversation: latest, isLate: false })
    expect(latest.status).toBe('resolved')
  })
  test('begins a conversation that waits for the customer', () => {
    expect(place(aSlot(), echo)?.conversation).toMatchObject({ status: 'pending', outcome: 'opened' })
  })
})

describe('what makes no work', () => {
  const quiet = anArrival({ mode: 'quiet' })
  test('is kept in whatever conversation there is', () => {
    const open = aConversation({ status: 'pending' })
    expect(place(aSlot({ open }), quiet)?.conversation).toMatchObject({ status: 'pending', outcome: 'found' })
    const latest = resolved(5)
    expect(place(aSlot({ latest, rules: { slot: 'all', reopenWindowHours: 0 } }), quiet)?.conversation).toBe(latest)
  })
  test('or in one that is born resolved, so that a later message opens its own', () => {
    const slot = aSlot()
    expect(place(slot, quiet)?.conversation).toMatchObject({ status: 'resolved', outcome: 'opened' })
    expect(place(slot, anArrival({ at: at(12) }))?.conversation).toMatchObject({ status: 'open', outcome: 'opened' })
  })
  test("the provider's notices are shown only where a conversation is open", () => {
    const notice = anArrival({ mode: 'notice' })
    expect(place(aSlot({ latest: resolved(15) }), notice)).toBeNull()
    const open = aConversation()
    expect(place(aSlot({ open }), notice)?.conversation).toBe(open)
  })
})
