import { expect, test } from 'vitest'
import type { Cache } from '#platform/cache/port.ts'
import { LIMITS } from '#platform/limits.ts'

/** What every adapter of the cache port promises. Keys are the test's own, since a shared cache is shared. */
export function cacheContract(create: () => Cache, key: (name: string) => string): void {
  test('gives back what was kept, letter by letter', async () => {
    const cache = create()
    for (const value of ['', '12', 'null', '{"a":[1]}', '"quoted"', 'مرحبا 👋\n', 'OK', 'x'.repeat(LIMITS.cacheValueChars)]) {
      await cache.set(key('value'), value, 60_000)
      expect(await cache.get(key('value'))).toBe(value)
    }
    await cache.close()
  })

  test('knows nothing it was not told, and forgets what it is told to', async () => {
    const cache = create()
    expect(await cache.get(key('never'))).toBeNull()
    await cache.set(key('gone'), 'here', 60_000)
    await cache.delete(key('gone'))
    expect(await cache.get(key('gone'))).toBeNull()
    await cache.close()
  })

  test('forgets when the time is over', async () => {
    const cache = create()
    await cache.set(key('brief'), 'here', 150)
    expect(await cache.get(key('brief'))).toBe('here')
    await expect.poll(() => cache.get(key('brief')), { interval: 10 }).toBeNull()
    await cache.close()
  })

  test('counts every call, concurrent ones too', async () => {
    const cache = create()
    const counts = await Promise.all(Array.from({ length: 20 }, () => cache.increment(key('count'), 60_000)))
    expect(counts.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1))
    await cache.close()
  })

  test('a window closes after its time although calls go on', async () => {
    const cache = create()
    const startedAt = performance.now()
    expect(await cache.increment(key('window'), 400)).toBe(1)
    await expect.poll(() => cache.increment(key('window'), 400), { interval: 20, timeout: 3_000 }).toBe(1)
    expect(performance.now() - startedAt).toBeGreaterThan(300)
    await cache.close()
  })

  test('a value above the limit is refused', async () => {
    const cache = create()
    await expect(cache.set(key('large'), 'x'.repeat(LIMITS.cacheValueChars + 1), 1_000)).rejects.toThrow(/above the limit/)
    await cache.close()
  })
}
