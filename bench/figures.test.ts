import { expect, test } from 'vitest'
import { isMetInMost, median, percentile, shown, timesOf } from './figures.ts'

const oneToHundred = Array.from({ length: 100 }, (_, at) => 100 - at)

test('a percentile is a value that was measured, by nearest rank', () => {
  expect(percentile(oneToHundred, 0.5)).toBe(50)
  expect(percentile(oneToHundred, 0.99)).toBe(99)
  expect(percentile(oneToHundred, 1)).toBe(100)
  expect(percentile([7], 0.99)).toBe(7)
  expect(percentile([], 0.99)).toBeNaN()
})

test('one slow answer among a hundred and one is beyond the 99th percentile, two are not', () => {
  const quick = Array.from({ length: 99 }, () => 1)
  expect(percentile([...quick, 1, 900], 0.99)).toBe(1)
  expect(percentile([...quick, 900, 900], 0.99)).toBe(900)
})

test('the median of an even number of values lies between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5)
  expect(median([1, 2, 3, 10])).toBe(2.5)
})

test('numbers sort as numbers', () => {
  expect(timesOf([10, 9, 100])).toEqual({ count: 3, p50: 10, p99: 100, max: 100 })
})

test('an absolute figure needs three of five runs', () => {
  expect(isMetInMost([1, 1, 1, 9, 9], (run) => run < 5)).toBe(true)
  expect(isMetInMost([1, 1, 9, 9, 9], (run) => run < 5)).toBe(false)
})

test('figures are shown with as many digits as they are good for', () => {
  expect([12_345.6, 7.25, 0.321, Number.NaN].map(shown)).toEqual(['12,346', '7.3', '0.32', 'none'])
})
