import { expect, test } from 'vitest'
import { useDatabase } from '#tests/setup/database.ts'
import { systemClock } from '../clock.ts'
import { leaseDueKeys, settleTries, type Tried } from './draining.ts'
import type { Fetched, Park } from './outcomes.ts'
import { forgetSkipped, type Lane, listParked, park, parkedKeysAmong, skipParked } from './parking.ts'

const database = useDatabase()
const [ANN, BEN] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b']
const limits = { leaseMs: 60_000, keys: 10, perKey: 10 }
let made = 0
const aLane = (): Lane => ({ group: `group-${++made}`, topic: 'topic' })

const parked = (key: string, position: number, kind: Park['kind'], tries = 0): Park => ({
  message: { topic: 'topic', partition: 0, position, key, value: '{}', publishedAt: new Date(), tries },
  kind,
  reason: kind,
})
const put = (lane: Lane, ...parks: Park[]) => database.worker.platformTransaction(systemClock, (tx) => park(tx, lane, parks, 0))
const lease = (lane: Lane, owner: string, leaseMs = limits.leaseMs) => leaseDueKeys(database.worker, lane, owner, { ...limits, leaseMs })
const settle = (lane: Lane, owner: string, ...tried: Tried[]) => settleTries(database.worker, systemClock, lane, owner, tried, () => 0)
const positions = (messages: readonly Fetched[]) => messages.map(({ position }) => position)
const waiting = async (lane: Lane) => [...(await parkedKeysAmong(database.worker, lane, ['k', 'l']))]

test('the one that failed is tried alone; those behind it go together', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'), parked('k', 2, 'behind'), parked('k', 3, 'behind'))
  const [first] = await lease(lane, ANN)
  expect(positions(first?.messages ?? [])).toEqual([1])
  if (first) await settle(lane, ANN, { due: first, failed: null })
  const [second] = await lease(lane, ANN)
  expect(positions(second?.messages ?? [])).toEqual([2, 3])
  if (second) await settle(lane, ANN, { due: second, failed: null })
  expect(await waiting(lane)).toEqual([])
})

test('what is parked behind a message being tried is not forgotten when that one is done', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'))
  const [due] = await lease(lane, ANN)
  await put(lane, parked('k', 2, 'behind'))
  if (due) await settle(lane, ANN, { due, failed: null })
  expect(await waiting(lane)).toEqual(['k'])
  expect(positions((await lease(lane, ANN))[0]?.messages ?? [])).toEqual([2])
})

test('a fetcher that still believed the key parked opens it again, due at once', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'))
  const [due] = await lease(lane, ANN)
  if (due) await settle(lane, ANN, { due, failed: null })
  expect(await waiting(lane)).toEqual([])
  await put(lane, parked('k', 2, 'behind'))
  expect(positions((await lease(lane, BEN))[0]?.messages ?? [])).toEqual([2])
})

test('a drainer whose lease ran out settles nothing', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'))
  const [frozen] = await lease(lane, ANN, 0)
  const [current] = await lease(lane, BEN)
  expect(positions(current?.messages ?? [])).toEqual([1])
  if (frozen) await settle(lane, ANN, { due: frozen, failed: null })
  expect(await waiting(lane)).toEqual(['k'])
  expect(await listParked(database.worker, { group: lane.group, limit: 10 })).toHaveLength(1)
  if (current) await settle(lane, BEN, { due: current, failed: null })
  expect(await waiting(lane)).toEqual([])
})

test('a leased key is not given to another, a failed one waits for its time', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'))
  const [due] = await lease(lane, ANN)
  expect(await lease(lane, BEN)).toEqual([])
  const failed = { id: due?.messages[0]?.id ?? 0, tries: 2, kind: 'later' as const, reason: 'again' }
  if (due) await settleTries(database.worker, systemClock, lane, ANN, [{ due, failed }], () => 3_600_000)
  expect(await lease(lane, BEN)).toEqual([])
  const [listed] = await listParked(database.worker, { group: lane.group, limit: 10 })
  expect(listed).toMatchObject({ attempt: 2, reason: 'again' })
  expect(listed?.dueAt?.getTime()).toBeGreaterThan(Date.now() + 3_000_000)
})

test('redelivery after a crash parks nothing twice, and order is that of the log', async () => {
  const lane = aLane()
  await put(lane, parked('k', 2, 'later'), parked('k', 3, 'behind'))
  await put(lane, parked('k', 1, 'behind'), parked('k', 2, 'behind'), parked('k', 3, 'behind'))
  const listed = await database.worker.pool.query('select position, tries from bus.parked_messages where group_name = $1 order by 1', [
    lane.group,
  ])
  expect(listed.rows).toEqual([
    { position: 1, tries: 0 },
    { position: 2, tries: 1 },
    { position: 3, tries: 0 },
  ])
})

test('a message skipped while it is being tried no longer holds its key, whatever became of the try', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'later'), parked('k', 2, 'behind'))
  const [due] = await lease(lane, ANN)
  const id = due?.messages[0]?.id ?? 0
  expect(await skipParked(database.worker, systemClock, String(id), 'ada')).toBe(true)
  if (due) await settle(lane, ANN, { due, failed: { id, tries: 2, kind: 'never', reason: 'broken' } })
  expect(positions((await lease(lane, ANN))[0]?.messages ?? [])).toEqual([2])
})

test('skipping a message that waits behind another leaves the key as it is', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'never'), parked('k', 2, 'behind'))
  const [, second] = await listParked(database.worker, { group: lane.group, limit: 10 })
  expect(await skipParked(database.worker, systemClock, second?.id ?? '', 'ada')).toBe(true)
  expect(await lease(lane, ANN)).toEqual([])
})

test('skipped messages are forgotten after a month', async () => {
  const lane = aLane()
  await put(lane, parked('k', 1, 'never'))
  const [head] = await listParked(database.worker, { group: lane.group, limit: 1 })
  await skipParked(database.worker, systemClock, head?.id ?? '', 'ada')
  const count = async () =>
    (await database.worker.pool.query('select from bus.parked_messages where group_name = $1', [lane.group])).rowCount
  await forgetSkipped(database.worker, new Date(Date.now() + 29 * 86_400_000))
  expect(await count()).toBe(1)
  await forgetSkipped(database.worker, new Date(Date.now() + 31 * 86_400_000))
  expect(await count()).toBe(0)
})
