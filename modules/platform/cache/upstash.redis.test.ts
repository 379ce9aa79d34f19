import { randomUUID } from 'node:crypto'
import { describe, expect, inject, test } from 'vitest'
import { cacheContract } from '#tests/suites/cache-contract.ts'
import { createUpstashCache } from './upstash.ts'

const run = randomUUID()
const errors: unknown[] = []
const { url, token } = inject('upstash')
const create = (options: { url?: string; token?: string } = {}) =>
  createUpstashCache({ url, token, onError: (error) => errors.push(error), ...options })

describe('Upstash over a real Redis', () => {
  cacheContract(create, (name) => `${run}/${name}`)

  test('two processes share it', async () => {
    await create().set(`${run}/shared`, 'here', 60_000)
    expect(await create().get(`${run}/shared`)).toBe('here')
    expect(await create().increment(`${run}/shared-count`, 60_000)).toBe(1)
    expect(await create().increment(`${run}/shared-count`, 60_000)).toBe(2)
    expect(errors).toEqual([])
  })

  test('out of reach it forgets and tells its operator, and counters go on in this process', async () => {
    const lost = create({ url: 'http://127.0.0.1:1' })
    await lost.set('k', 'v', 60_000)
    expect(await lost.get('k')).toBeNull()
    expect([await lost.increment('n', 60_000), await lost.increment('n', 60_000)]).toEqual([1, 2])
    expect(errors).toHaveLength(4)
  })

  test('a wrong token is told, not thrown', async () => {
    const before = errors.length
    expect(await create({ token: 'wrong' }).get('k')).toBeNull()
    expect(errors).toHaveLength(before + 1)
  })
})
