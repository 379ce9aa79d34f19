import { expect, test } from 'vitest'
import { initialsOf } from './avatar.tsx'

test.each([
  ['Budi Santoso', 'BS'],
  ['siti', 'S'],
  ['Ahmad bin Abdul Rahman', 'AR'],
  ['محمد علي', 'م'],
  ['+62 812 3456', '#'],
  ['😀 Ana', 'A'],
  ['', '#'],
])('%s shows as %s', (name, initials) => {
  expect(initialsOf(name)).toBe(initials)
})
