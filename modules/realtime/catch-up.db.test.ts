import { beforeAll, beforeEach, expect, test } from 'vitest'
import { assignConversation, loadListItems } from '#modules/conversations/index.ts'
import { MessageReceived } from '#modules/messages/index.ts'
import { pause, systemClock } from '#platform/clock.ts'
import { emit, eventOf } from '#platform/events.ts'
import { fromUuid, type Id, newId, toUuid } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, type BuiltConversation } from '#tests/builders/conversations.ts'
import { aMember, aTenant, type BuiltTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { aSubscriber, openClient, receive, useHubs, useSequencer } from '#tests/suites/realtime-harness.ts'
import type { StreamClient } from '#tests/suites/stream-client.ts'
import { currentCursor, type Frame, type Subscriber } from './index.ts'

/** I12: a screen that was away catches up without gap or repeat, and never keeps what its viewer may no longer see. */
const database = useDatabase()
useSequencer(database)
const startHub = useHubs(database)

let tenant: BuiltTenant
let channelAccountId: Id<'channelAccount'>
/** Two web processes: a client comes back to whichever answers. */
let hubs: ReturnType<typeof startHub>[]
beforeAll(async () => {
  tenant = await aTenant(database.web)
  channelAccountId = (await aChannelAccount(tenant.scope)).channelAccountId
})
beforeEach(() => {
  hubs = [startHub(), startHub()]
})

const oneOf = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
const conversations = (count: number) => Promise.all(Array.from({ length: count }, () => aConversation(tenant.scope, { channelAccountId })))

/** A browser on a bad line: cut off at random moments, it comes back with the last id it saw. */
async function onABadLine(subscriber: Subscriber, cursor: string, until: AbortSignal): Promise<{ frames: Frame[]; visits: number }> {
  const frames: Frame[] = []
  let lastEventId = cursor
  let visits = 0
  while (!until.aborted) {
    visits++
    const cutAfter = Math.floor(Math.random() * 12)
    const client: StreamClient = openClient(oneOf(hubs).hub, subscriber, lastEventId)
    while (!until.aborted && client.frames.length < cutAfter) await pause(1)
    client.leave()
    // The line broke right after so many frames: what we had sent beyond never arrived.
    const arrived = client.frames.slice(0, cutAfter)
    frames.push(...arrived)
    lastEventId = arrived.at(-1)?.seq ?? lastEventId
    await pause(Math.random() * 20)
  }
  return { frames, visits }
}

/** The rest of the log, on a good line. */
async function untilQuiet(subscriber: Subscriber, lastEventId: string): Promise<Frame[]> {
  const client = openClient(oneOf(hubs).hub, subscriber, lastEventId)
  const head = await currentCursor(tenant.scope)
  await expect.poll(() => client.lastEventId, { timeout: 10_000 }).toBe(head)
  client.leave()
  return client.frames
}

const receivedInLog = async (after: number) => {
  const { rows } = await database.worker.pool.query<{ id: string }>(
    "select payload->>'messageId' as id from bus.log where tenant_id = $1 and type = 'message.received' and sequence > $2 order by sequence",
    [toUuid(tenant.tenantId), after],
  )
  return rows.map((row) => row.id)
}
const headNow = async () =>
  (
    await database.worker.pool.query<{ n: number }>('select coalesce(max(sequence), 0) as n from bus.log where tenant_id = $1', [
      toUuid(tenant.tenantId),
    ])
  ).rows[0]?.n ?? 0
const outboxIsEmpty = () =>
  expect.poll(async () => (await database.worker.pool.query('select from bus.outbox')).rowCount, { timeout: 10_000 }).toBe(0)

/** What a store makes of frames: rows by id, the higher version wins, what was removed is gone. */
function lastRows(frames: readonly Frame[]): Map<Id<'conversation'>, number> {
  const rows = new Map<Id<'conversation'>, number>()
  for (const frame of frames) {
    if (frame.type === 'conversation') rows.set(frame.row.id, Math.max(frame.row.version, rows.get(frame.row.id) ?? 0))
    if (frame.type === 'removed') rows.delete(frame.conversationId)
  }
  return rows
}

async function versionsOf(built: readonly BuiltConversation[]): Promise<Map<Id<'conversation'>, number>> {
  const ids = built.map(({ conversationId }) => conversationId)
  const items = await tenant.scope.read((tx) => loadListItems(tx, tenant.tenantId, ids))
  return new Map([...items].map(([id, { version }]) => [id, version]))
}

/** Messages of many other tenants, all the while. */
async function neighboursTalking(count: number, signal: AbortSignal): Promise<void> {
  const neighbours = Array.from({ length: count }, () => newId('tenant'))
  while (!signal.aborted) {
    const events = neighbours.map((tenantId) =>
      eventOf(MessageReceived, tenantId, {
        conversationId: newId('conversation'),
        messageId: newId('message'),
        direction: 'inbound',
        sequence: 1,
        attachmentIds: [],
        version: 1,
      }),
    )
    await database.worker.platformTransaction(systemClock, (tx) => emit(tx, events))
    await pause(20, signal)
  }
}

test('a client cut off at random sees every message of the log once, in its order', async () => {
  const open = await conversations(5)
  await outboxIsEmpty()
  const [start, cursor] = [await headNow(), await currentCursor(tenant.scope)]
  const subscribers = await Promise.all(Array.from({ length: 5 }, async () => aSubscriber(database, await aMember(database.web, tenant))))
  const finished = new AbortController()
  // Somebody else is always current, so that those who come back have to join a feed that moves on meanwhile.
  const steady = hubs.map(({ hub }) => openClient(hub, aSubscriber(database, tenant.scope)))
  const lines = subscribers.map((subscriber) => onABadLine(subscriber, cursor, finished.signal))
  const noise = neighboursTalking(500, finished.signal)

  await Promise.all(
    open.map(async (conversation) => {
      for (let n = 0; n < 20; n++) {
        await receive(tenant.scope, conversation, `message ${n}`)
        if (Math.random() < 0.3) await pause(Math.random() * 30)
      }
    }),
  )
  await outboxIsEmpty()
  finished.abort()
  const seen = await Promise.all(lines)
  await noise

  const expected = await receivedInLog(start)
  expect(expected).toHaveLength(100)
  for (const client of steady) await expect.poll(() => client.of('message').map(({ row }) => row.id)).toEqual(expected)
  for (const [at, { frames, visits }] of seen.entries()) {
    const all = [...frames, ...(await untilQuiet(subscribers[at] as Subscriber, frames.at(-1)?.seq ?? cursor))]
    expect(visits).toBeGreaterThan(5)
    expect(all.flatMap((frame) => (frame.type === 'message' ? [frame.row.id] : []))).toEqual(expected)
    expect(all.filter((frame) => frame.type === 'reset' || frame.type === 'removed')).toEqual([])
    expect(lastRows(all)).toEqual(await versionsOf(open))
  }
})

test('a screen keeps exactly what its viewer may see, however often conversations change hands and the line breaks', async () => {
  const omar = await aMember(database.web, tenant, { grants: [{ permission: 'conversations.view', reach: 'own' }] })
  const other = await aMember(database.web, tenant)
  const [changing, never] = [await conversations(5), await conversations(2)]
  await outboxIsEmpty()
  const cursor = await currentCursor(tenant.scope)
  const subscriber = aSubscriber(database, omar)
  const finished = new AbortController()
  const line = onABadLine(subscriber, cursor, finished.signal)

  await Promise.all(
    [...changing, ...never].map(async (conversation) => {
      for (let n = 0; n < 25; n++) {
        const { conversationId } = conversation
        const assigneeId = oneOf([omar.actor.memberId, other.actor.memberId, null])
        if (Math.random() < 0.4 && changing.includes(conversation)) await assignConversation(tenant.scope, { conversationId, assigneeId })
        else await receive(tenant.scope, conversation, `message ${n}`)
        await pause(Math.random() * 10)
      }
    }),
  )
  await outboxIsEmpty()
  finished.abort()
  const { frames } = await line
  const all = [...frames, ...(await untilQuiet(subscriber, frames.at(-1)?.seq ?? cursor))]

  const named = all.flatMap((frame) =>
    'conversationId' in frame ? [frame.conversationId] : frame.type === 'conversation' ? [frame.row.id] : [],
  )
  expect(never.filter(({ conversationId }) => named.includes(conversationId))).toEqual([])
  expect(all.every((frame) => frame.type !== 'conversation' || frame.row.assignee?.id === omar.actor.memberId)).toBe(true)
  const { rows } = await database.worker.batchTransaction([tenant.tenantId], systemClock, async (tx) => ({
    rows: await tx.sql<{ id: string }>('select id from conversations where tenant_id = $1 and assignee_id = $2', [
      toUuid(tenant.tenantId),
      toUuid(omar.actor.memberId),
    ]),
  }))
  expect([...lastRows(all).keys()].sort()).toEqual(rows.map((row) => fromUuid('conversation', row.id)).sort())
})

test('a client that reads slowly catches up from the log and misses nothing', async () => {
  const { hub } = startHub({ bufferBytes: 4_000, slowClientMs: 5_000 })
  const [conversation] = await conversations(1)
  await outboxIsEmpty()
  const start = await headNow()
  const client = openClient(hub, aSubscriber(database, tenant.scope), null, { mayRead: () => pause(15) })
  await expect.poll(() => client.frames.length).toBeGreaterThan(0)
  for (let n = 0; n < 60; n++) await receive(tenant.scope, conversation as BuiltConversation, `message ${n}`)
  await outboxIsEmpty()
  const expected = await receivedInLog(start)
  expect(expected).toHaveLength(60)
  await expect.poll(() => client.of('message').map(({ row }) => row.id), { timeout: 20_000 }).toEqual(expected)
})

test('a client that stops reading is cut, and goes on with its last id', async () => {
  const { hub, metrics } = startHub({ bufferBytes: 4_000, slowClientMs: 200 })
  const [conversation] = await conversations(1)
  await outboxIsEmpty()
  const start = await headNow()
  const subscriber = aSubscriber(database, tenant.scope)
  let reads = 0
  let goOn = () => {}
  const stuck = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const client = openClient(hub, subscriber, null, { mayRead: () => (++reads > 2 ? stuck : Promise.resolve()) })
  await expect.poll(() => client.frames.length).toBe(1)
  for (let n = 0; n < 40; n++) await receive(tenant.scope, conversation as BuiltConversation, `message ${n}`)
  await outboxIsEmpty()
  await expect.poll(() => metrics.registry.metrics(), { timeout: 10_000 }).toMatch(/weft_streams_cut_total\{reason="slow"\} 1\n/)
  goOn()
  await expect.poll(() => client.isEnded).toBe(true)
  const back = openClient(hub, subscriber, client.lastEventId)
  const ids = () => [...client.of('message'), ...back.of('message')].map(({ row }) => row.id)
  const expected = await receivedInLog(start)
  await expect.poll(ids).toEqual(expected)
})
