import { expect, test } from 'vitest'
import type { Id } from '#platform/ids.ts'
import { aChannelAccount } from '#tests/builders/channels.ts'
import { aConversation, type BuiltConversation } from '#tests/builders/conversations.ts'
import { aMember, aTenant } from '#tests/builders/tenants.ts'
import { useDatabase } from '#tests/setup/database.ts'
import { aSubscriber, openClient, receive, useHubs, useSequencer } from '#tests/suites/realtime-harness.ts'
import type { StreamClient } from '#tests/suites/stream-client.ts'
import { currentCursor, type RowLoaders } from './index.ts'

/** Streams that catch up and streams that are current meet: each meeting is put in its worst order. */
const database = useDatabase()
useSequencer(database)
const startHub = useHubs(database)

/** A tenant with one conversation for each event that a test tells apart. */
async function aStory(count: number) {
  const tenant = await aTenant(database.web)
  const account = await aChannelAccount(tenant.scope)
  const conversations = await Promise.all(Array.from({ length: count }, () => aConversation(tenant.scope, account)))
  await expect.poll(async () => (await database.worker.pool.query('select from bus.outbox')).rowCount).toBe(0)
  return { tenant, conversations, cursor: await currentCursor(tenant.scope) }
}

/** Lets a test hold one loading of a conversation's row, to put what happens meanwhile in a certain order. */
function holding() {
  const held: { conversationId: Id<'conversation'>; skip: number; reached: () => void; released: Promise<void> }[] = []
  const wrap = (loaders: RowLoaders): RowLoaders => ({
    ...loaders,
    conversations: async (tx, tenantId, ids) => {
      const hold = held.find(({ conversationId }) => ids.includes(conversationId))
      if (hold && hold.skip-- === 0) {
        hold.reached()
        await hold.released
      }
      return loaders.conversations(tx, tenantId, ids)
    },
  })
  /** @param skip loadings that pass before the one that is held */
  const hold = ({ conversationId }: BuiltConversation, skip = 0) => {
    let [reached, release] = [() => {}, () => {}]
    const isReached = new Promise<void>((resolve) => {
      reached = resolve
    })
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    held.push({ conversationId, skip, reached, released })
    return { isReached, release }
  }
  return { wrap, hold }
}
const bodies = (client: StreamClient) => client.of('message').map(({ row }) => row.body)

test('a stream that becomes current while the others move on misses nothing', async () => {
  const { wrap, hold } = holding()
  const { hub } = startHub({}, wrap)
  const { tenant, conversations, cursor } = await aStory(2)
  const [a, b] = conversations as [BuiltConversation, BuiltConversation]
  const steady = openClient(hub, aSubscriber(database, tenant.scope))
  await expect.poll(() => steady.frames.length).toBeGreaterThan(0)
  await receive(tenant.scope, a, 'one')
  await expect.poll(() => bodies(steady)).toEqual(['one'])

  const catchingUp = hold(a)
  const late = openClient(hub, aSubscriber(database, await aMember(database.web, tenant)), cursor)
  await catchingUp.isReached
  await receive(tenant.scope, b, 'two')
  await expect.poll(() => bodies(steady)).toEqual(['one', 'two'])
  catchingUp.release()
  await expect.poll(() => bodies(late)).toEqual(['one', 'two'])
})

test('a stream that is left alone in the middle of a step does not take its place for granted', async () => {
  const { wrap, hold } = holding()
  const { hub } = startHub({}, wrap)
  const { tenant, conversations, cursor } = await aStory(3)
  const [a, b, c] = conversations as [BuiltConversation, BuiltConversation, BuiltConversation]
  const first = openClient(hub, aSubscriber(database, tenant.scope))
  await expect.poll(() => first.frames.length).toBeGreaterThan(0)
  await receive(tenant.scope, a, 'one')
  await expect.poll(() => bodies(first)).toEqual(['one'])

  const catchingUp = hold(a)
  const late = openClient(hub, aSubscriber(database, await aMember(database.web, tenant)), cursor)
  await catchingUp.isReached
  await receive(tenant.scope, b, 'two')
  await expect.poll(() => bodies(first)).toEqual(['one', 'two'])
  const step = hold(c)
  await receive(tenant.scope, c, 'three')
  await step.isReached
  first.leave()
  catchingUp.release()
  await expect.poll(() => bodies(late)).toEqual(['one'])
  step.release()
  await expect.poll(() => bodies(late)).toEqual(['one', 'two', 'three'])
})
