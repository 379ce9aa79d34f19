import { expect, test } from 'vitest'
import { heldClock } from '#platform/clock.ts'
import { StaleCache } from './stale-cache.ts'

function aCache(maxEntries = 10) {
  const clock = heldClock(new Date('2026-11-20T09:00:00Z'))
  const source = { values: new Map([['a', 1]]), isDown: false, loads: [] as string[][] }
  const cache = new StaleCache<number>({
    clock,
    freshMs: 30_000,
    absentMs: 2_000,
    backoffMs: 1_000,
    maxEntries,
    load: async (keys) => {
      source.loads.push([...keys])
      if (source.isDown) throw new Error('down')
      return new Map([...source.values].filter(([key]) => keys.includes(key)))
    },
  })
  return { cache, clock, source }
}

test('calls of one moment are one load, and later ones none', async () => {
  const { cache, source } = aCache()
  expect(await Promise.all([cache.find('a'), cache.find('b'), cache.find('a')])).toEqual([
    { kind: 'known', value: 1 },
    { kind: 'unknown' },
    { kind: 'known', value: 1 },
  ])
  await cache.find('a')
  expect(source.loads).toEqual([['a', 'b']])
})

test('an absence is looked up again after two seconds, so a new account is heard at once', async () => {
  const { cache, clock, source } = aCache()
  expect(await cache.find('b')).toEqual({ kind: 'unknown' })
  source.values.set('b', 2)
  expect(await cache.find('b')).toEqual({ kind: 'unknown' })
  clock.advance(2_000)
  expect(await cache.find('b')).toEqual({ kind: 'known', value: 2 })
})

test('a stale value is served at once and looked up behind the caller', async () => {
  const { cache, clock, source } = aCache()
  await cache.find('a')
  source.values.set('a', 5)
  clock.advance(30_000)
  expect(await cache.find('a')).toEqual({ kind: 'known', value: 1 })
  await expect.poll(() => cache.find('a')).toEqual({ kind: 'known', value: 5 })
})

test('while the source is down, what was known stays known and the rest is unsure', async () => {
  const { cache, clock, source } = aCache()
  await cache.find('a')
  source.isDown = true
  clock.advance(86_400_000)
  expect(await cache.find('a')).toEqual({ kind: 'known', value: 1 })
  expect(await cache.find('b')).toEqual({ kind: 'unsure' })
  clock.advance(1_000)
  source.isDown = false
  expect(await cache.find('b')).toEqual({ kind: 'unknown' })
})

test('a source that is down is left alone for a while', async () => {
  const { cache, clock, source } = aCache()
  source.isDown = true
  await cache.find('a')
  await cache.find('b')
  expect(source.loads).toEqual([['a']])
  clock.advance(1_000)
  await cache.find('b')
  expect(source.loads).toEqual([['a'], ['b']])
})

test('the cache is bounded: what was loaded longest ago goes first', async () => {
  const { cache, source } = aCache(2)
  source.values = new Map([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ])
  for (const key of ['a', 'b', 'c', 'b', 'a']) await cache.find(key)
  expect(source.loads).toEqual([['a'], ['b'], ['c'], ['a']])
})
