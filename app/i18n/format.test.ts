import { expect, test } from 'vitest'
import { createFormat, timeLeft } from './format.ts'

const now = Date.parse('2026-11-20T10:00:00Z')
const jakarta = createFormat('en', 'Asia/Jakarta')

test.each([
  ['now', '2026-11-20T09:59:40Z', 'now'],
  ['minutes', '2026-11-20T09:48:00Z', '12m ago'],
  ['the same day', '2026-11-20T01:05:00Z', '8:05 AM'],
  ['yesterday, by the calendar of the place', '2026-11-19T16:59:00Z', 'Yesterday'],
  ['this week', '2026-11-16T05:00:00Z', 'Mon'],
  ['this year', '2026-03-01T05:00:00Z', 'Mar 1'],
  ['long ago', '2024-03-01T05:00:00Z', 'Mar 1, 2024'],
])('a list says %s as short as it can', (_what, iso, words) => {
  expect(jakarta.short(iso, now).replace('\u202f', ' ')).toBe(words)
})

test('days are told apart by the calendar of the place', () => {
  expect(jakarta.dayKey('2026-11-19T17:00:00Z')).toBe('2026-11-20')
  expect(createFormat('en', 'UTC').dayKey('2026-11-19T17:00:00Z')).toBe('2026-11-19')
  expect(jakarta.day('2026-11-19T17:00:00Z', now)).toBe('Today')
})

test('Arabic dates use Latin digits', () => {
  expect(createFormat('ar', 'UTC').day('2026-03-05T05:00:00Z', now)).toMatch(/5/)
})

test('sizes are in the largest unit that reads well', () => {
  expect([512, 20_400, 1_540_000].map(jakarta.bytes)).toEqual(['512 byte', '20 kB', '1.5 MB'])
})

test('what is left is never rounded down to nothing', () => {
  expect(timeLeft('2026-11-20T10:00:01Z', now)).toEqual({ hours: 0, minutes: 1 })
  expect(timeLeft('2026-11-21T09:59:30Z', now)).toEqual({ hours: 24, minutes: 0 })
  expect(timeLeft('2026-11-20T10:00:00Z', now)).toBeNull()
})
