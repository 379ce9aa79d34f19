import { expect, test } from 'vitest'
import { arrivals } from './schedule.ts'

const minute = { perSecond: 1_000, durationMs: 60_000, seed: 7 }

test('as many requests fall due as were asked for, all within the time', () => {
  const due = arrivals(minute)
  expect(Math.abs(due.length - 60_000)).toBeLessThan(1_000)
  expect(due[0]).toBeGreaterThanOrEqual(0)
  expect(due.at(-1)).toBeLessThan(60_000)
  expect([...due].every((at, n) => n === 0 || at >= (due[n - 1] ?? 0))).toBe(true)
})

test('they come as from independent senders: gaps spread as wide as they are long on average', () => {
  const due = arrivals(minute)
  const gaps = [...due].slice(1).map((at, n) => at - (due[n] ?? 0))
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length)
  expect(deviation / mean).toBeGreaterThan(0.9)
  expect(deviation / mean).toBeLessThan(1.1)
})

test('a seed gives the same arrivals again, another gives others', () => {
  expect(arrivals(minute)).toEqual(arrivals(minute))
  expect(arrivals({ ...minute, seed: 8 })).not.toEqual(arrivals(minute))
})
