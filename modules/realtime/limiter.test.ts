import { expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

test('no more than so many at once, in the order they came, also when some fail', async () => {
  const limit = createLimiter(2)
  const started: number[] = []
  let running = 0
  let most = 0
  const results = await Promise.allSettled(
    Array.from({ length: 9 }, (_, at) =>
      limit(async () => {
        started.push(at)
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running--
        if (at % 3 === 0) throw new Error('on purpose')
        return at
      }),
    ),
  )
  expect(most).toBe(2)
  expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
  expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(3)
})
