import { expect, test } from 'vitest'
import { z } from 'zod'
import { cursorSchema, decodeCursor, encodeCursor } from './cursor.ts'

const Position = z.tuple([z.iso.datetime(), z.number().int()])

test('a cursor comes back as the place it was made of', () => {
  expect(decodeCursor(encodeCursor(['2026-11-20T10:00:00.000Z', 7]), Position)).toEqual(['2026-11-20T10:00:00.000Z', 7])
})

test.each([
  ['nothing', ''],
  ['no JSON', 'AAAA'],
  ['another list’s', encodeCursor(['msg'])],
  ['a wrong part', encodeCursor(['yesterday', 7])],
  ['too long', encodeCursor(['2026-11-20T10:00:00.000Z', 7, 'x'.repeat(400)])],
])('an input refuses a cursor that is %s', (_name, cursor) => {
  expect(cursorSchema(Position).safeParse(cursor).success).toBe(false)
})
