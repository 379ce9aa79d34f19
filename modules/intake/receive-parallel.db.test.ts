import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { InboundEvent, PersonIdentity } from '#channels/connector.ts'
import {
  anEvent,
  anInbox,
  anotherNumber,
  aText,
  type BuiltInbox,
  bsuid,
  customer,
  receive,
  receiveFor,
  second,
  whatsappNumber,
} from '#tests/builders/inbound.ts'
import { useDatabase } from '#tests/setup/database.ts'

const database = useDatabase()
let inbox: BuiltInbox
beforeEach(async () => {
  inbox = await anInbox(database.web)
})

const read = <T>(work: Parameters<typeof inbox.tenant.scope.transaction<T>>[0], of = inbox) => of.tenant.scope.transaction(work)

/** As many at once as the database has connections: more would only wait in line for one. */
async function inLanes<T>(work: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  const left = [...work]
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await run(item)
  }
  await Promise.all(Array.from({ length: 10 }, lane))
}

/** What must hold whatever happened: dense sequences, one open conversation per root and slot, projections that are maxima. */
async function checkInvariants(of = inbox) {
  const [conversations, messages, refs] = await read(
    async (tx) =>
      [await tx.prisma.conversation.findMany(), await tx.prisma.message.findMany(), await tx.prisma.externalRef.findMany()] as const,
    of,
  )
  const byConversation = (id: string) => messages.filter((message) => message.conversationId === id).sort((a, b) => a.sequence - b.sequence)
  for (const conversation of conversations) {
    const own = byConversation(conversation.id)
    const sequences = own.map(({ sequence }) => sequence)
    expect(new Set(sequences).size).toBe(sequences.length)
    const family = conversations.filter(({ id, mergedIntoId }) => id === conversation.id || mergedIntoId === conversation.id)
    const shown = family.flatMap(({ id }) => byConversation(id)).sort((a, b) => a.providerTime.getTime() - b.providerTime.getTime())
    if (conversation.mergedIntoId === null) expect(conversation.lastMessageAt).toEqual(shown.at(-1)?.providerTime)
  }
  const known = new Set(messages.map(({ id }) => id))
  expect(refs.filter(({ messageId }) => messageId !== null && !known.has(messageId))).toEqual([])
  return { conversations, messages, refs }
}

const openOf = (conversations: { status: string }[]) => conversations.filter(({ status }) => status !== 'resolved')
const roots = () => read((tx) => tx.prisma.contact.findMany({ where: { mergedIntoId: null } }))

describe('first messages of one person at once', () => {
  const [number, id] = [whatsappNumber('62811'), bsuid('ID.1')]
  const mixes: PersonIdentity[][] = [number, [id], [id, ...number], number.slice(0, 1), [id, ...number]]

  test.each([
    ['each in a transaction of its own', 1],
    ['in batches', 20],
  ])('200 of them, %s, some twice: one contact, one open conversation, each message once', async (_name, size) => {
    const sent = Array.from({ length: 200 }, (_, n) => aText(`m${n}`, n % 7, { person: { identities: mixes[n % mixes.length] ?? number } }))
    const all = [...sent, ...sent.filter((_, n) => n % 10 === 0)]
    const batches = Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size))
    await inLanes(batches, (batch) => receive(database.worker, inbox, ...batch))

    const { conversations, messages, refs } = await checkInvariants()
    expect(messages.map(({ body }) => body).sort()).toEqual(sent.map((event) => event.content.text).sort())
    expect(refs).toHaveLength(200)
    expect(openOf(conversations)).toHaveLength(1)
    expect(openOf(conversations)).toMatchObject([{ unreadCount: 200 }])
    expect(await roots()).toHaveLength(1)
  })

  test('on two numbers of the tenant at once: still one conversation', async () => {
    const other = await anotherNumber(inbox.tenant)
    const sent = Array.from({ length: 40 }, (_, n) => ({ event: aText(`m${n}`, n), owner: n % 2 ? inbox.owner : other.owner }))
    await Promise.all(sent.map((each) => receiveFor(database.worker, [each])))
    const { conversations, messages } = await checkInvariants()
    expect(messages).toHaveLength(40)
    expect(conversations).toHaveLength(1)
    expect(await roots()).toHaveLength(1)
  })

  test('of many people in every batch: nobody is lost in a deadlock', async () => {
    const everybody = Array.from({ length: 30 }, (_, n) => customer(`6281${n}`))
    const batches = Array.from({ length: 12 }, (_, b) => everybody.map((person, n) => aText(`b${b}-${n}`, b, { person })))
    await Promise.all(batches.map((batch, b) => receive(database.worker, inbox, ...(b % 2 ? batch : [...batch].reverse()))))
    const { conversations, messages } = await checkInvariants()
    expect(messages).toHaveLength(360)
    expect(openOf(conversations)).toHaveLength(30)
  })
})

describe('any order', () => {
  const person = { identities: [bsuid('ID.1'), ...whatsappNumber('62811')] }
  const aside = { person, fromBusiness: false }
  const story: InboundEvent[] = [
    aText('m1', 0, { person: { identities: [bsuid('ID.1')] }, text: 'one' }),
    aText('m2', 10, { person: customer('62811'), text: 'two' }),
    anEvent('echo', 20, { person, externalId: 'e1', content: { kind: 'text', text: 'ours' } }),
    aText('m3', 30, { person, text: 'three', context: { replyToExternalId: 'm1' } }),
    anEvent('edit', 40, { ...aside, externalId: 'x1', targetExternalId: 'm2', content: { kind: 'text', text: 'two, edited' } }),
    anEvent('edit', 45, { ...aside, externalId: 'x2', targetExternalId: 'm2', content: { kind: 'text', text: 'two, edited twice' } }),
    anEvent('revoke', 50, { ...aside, externalId: 'x3', targetExternalId: 'm3' }),
    anEvent('reaction', 25, { ...aside, externalId: 'r1', targetExternalId: 'e1', emoji: '👍' }),
    anEvent('reaction', 26, { ...aside, externalId: 'r2', targetExternalId: 'e1', emoji: null }),
    anEvent('preference', 60, { person, category: 'marketing', value: 'stop' }),
  ]

  /** All that people see and workers decide by, without ids and sequences, which tell the order of arrival. */
  async function finalState(of: BuiltInbox) {
    const { conversations, messages } = await checkInvariants(of)
    return read(async ({ prisma }) => {
      const refs = new Map((await prisma.externalRef.findMany()).map((ref) => [ref.messageId, ref.externalId]))
      const shown = (await prisma.messageReaction.findMany()).map(({ emoji, messageId }) => ({ emoji, of: refs.get(messageId) }))
      const identities = (await prisma.contactIdentity.findMany()).map(({ kind, value }) => `${kind} ${value}`)
      const lines = await prisma.line.findMany()
      return {
        open: openOf(conversations).length,
        unread: conversations
          .filter(({ mergedIntoId }) => !mergedIntoId)
          .map(({ unreadCount, lastMessagePreview, lastMessageAt, lastInboundAt, status }) => ({
            unreadCount,
            lastMessagePreview,
            lastMessageAt,
            lastInboundAt,
            status,
          })),
        messages: messages
          .map(({ body, providerTime, direction, editedAt, revokedAt, id }) => ({
            of: refs.get(id),
            body,
            providerTime,
            direction,
            editedAt,
            revokedAt,
          }))
          .sort((a, b) => a.providerTime.getTime() - b.providerTime.getTime()),
        reactions: shown,
        identities: identities.sort(),
        window: Math.max(...lines.map(({ windowExpiresAt }) => windowExpiresAt?.getTime() ?? 0)),
        people: await prisma.contact.count({ where: { mergedIntoId: null } }),
        preferences: (await prisma.contactPreference.findMany()).map(({ value, changedAt }) => ({ value, changedAt })),
      }
    }, of)
  }

  test.each([
    ['the customer has the last word', story, ''],
    [
      'the business has it',
      [...story, anEvent('echo', 55, { person, externalId: 'e2', content: { kind: 'text', text: 'closing' } })],
      'closing',
    ],
  ])(
    'of a story, with repeats, in batches of any size, ends in the same state; %s',
    async (_name, story, preview) => {
      await receive(database.worker, inbox, ...story)
      const expected = await finalState(inbox)
      expect(expected).toMatchObject({
        open: 1,
        people: 1,
        reactions: [{ emoji: null, of: 'e1' }],
        window: second(30 + 24 * 3_600).getTime(),
      })
      expect(expected.unread).toMatchObject([{ unreadCount: 3, lastMessagePreview: preview, status: 'open' }])

      const indexes = story.map((_, n) => n)
      const anyOrder = fc.tuple(
        fc.shuffledSubarray(indexes, { minLength: story.length }),
        fc.array(fc.constantFrom(...indexes), { maxLength: 4 }),
        fc.integer({ min: 1, max: 6 }),
      )
      await fc.assert(
        fc.asyncProperty(anyOrder, async ([order, repeats, size]) => {
          const other = await anInbox(database.web)
          const arriving = [...order, ...repeats].flatMap((n) => story[n] ?? [])
          for (let at = 0; at < arriving.length; at += size) await receive(database.worker, other, ...arriving.slice(at, at + size))
          expect(await finalState(other)).toEqual(expected)
        }),
        { numRuns: 40 },
      )
    },
    120_000,
  )
})
