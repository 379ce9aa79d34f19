import { describe, expect, test } from 'vitest'
import { cacheContract } from '#tests/suites/cache-contract.ts'
import { createMemoryCache } from './memory.ts'

describe('the in-process cache', () => {
  cacheContract(createMemoryCache, (name) => `memory/${name}`)

  test('beyond its size it forgets what was used longest ago', async () => {
    const cache = createMemoryCache({ maxEntries: 3 })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key, 60_000)
    await cache.get('a')
    await cache.set('d', 'd', 60_000)
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((key) => cache.get(key)))).toEqual(['a', null, 'c', 'd'])
  })
})
