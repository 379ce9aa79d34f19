import { expect, test } from 'vitest'
import { ERROR_CLASSES, type ErrorClass } from '#channels/connector.ts'
import { LONGEST_HOLD_MS, nextStep, RULES } from './schedule.ts'

/** Delays after the first, second, … refusal of one class, until it fails. */
function delaysOf(errorClass: ErrorClass): number[] {
  const delays: number[] = []
  for (let tries = 1; ; tries++) {
    const step = nextStep(errorClass, tries)
    if (step.kind === 'fail') return delays
    delays.push(step.afterMs)
  }
}

test.each<[ErrorClass, number[]]>([
  ['transient', [2_000, 4_000, 8_000]],
  ['rate', [2_000, 4_000, 8_000]],
  ['pair_rate', [6_000, 12_000, 24_000]],
  ['account_rate', [15_000, 30_000, 60_000]],
])('%s: one try and three retries', (errorClass, delays) => {
  expect(delaysOf(errorClass)).toEqual(delays)
})

test.each<ErrorClass>([
  'auth',
  'permission',
  'policy',
  'billing',
  'window',
  'recipient',
  'invalid',
  'template',
  'marketing_cap',
  'opted_out',
  'media',
  'unknown',
])('%s is never tried again by the same delivery', (errorClass) => {
  expect(delaysOf(errorClass)).toEqual([])
})

test('only the marketing cap is worth a new delivery, a day later', () => {
  const later = ERROR_CLASSES.filter((errorClass) => RULES[errorClass].againAfterMs !== null)
  expect(later).toEqual(['marketing_cap'])
  expect(nextStep('marketing_cap', 1)).toEqual({ kind: 'fail', againAfterMs: 86_400_000 })
})

test('what only a person can mend stops the account', () => {
  expect(ERROR_CLASSES.filter((errorClass) => RULES[errorClass].account === 'stop')).toEqual(['auth', 'permission', 'policy', 'billing'])
})

test('the provider may ask for more time, within the longest hold of a line', () => {
  expect(nextStep('transient', 1, 500)).toEqual({ kind: 'retry', afterMs: 2_000 })
  expect(nextStep('transient', 1, 7_500)).toEqual({ kind: 'retry', afterMs: 7_500 })
  expect(nextStep('rate', 1, 3_600_000)).toEqual({ kind: 'retry', afterMs: LONGEST_HOLD_MS })
})
