import { describe, expect, test } from 'vitest'
import { ERROR_CLASSES, type ErrorClass } from '../connector.ts'
import { classOf, KNOWN_ERRORS, ownError, providerError } from './errors.ts'

/** README, section 7, once more and by hand: the table in the code must not drift from it unnoticed. */
const DOCUMENTED: [codes: number[], treatment: ErrorClass][] = [
  [[0, 190], 'auth'],
  [[3, 10, 200, 250, 299, 131005, 131045, 133010], 'permission'],
  [[1, 2, 131000, 131016, 131057, 133004], 'transient'],
  [[4, 80007, 133016], 'account_rate'],
  [[130429, 132069], 'rate'],
  [[131056], 'pair_rate'],
  [[368, 131031, 131037, 131048], 'policy'],
  [[131042], 'billing'],
  [[130472, 130497, 131021, 131026, 131030, 131062, 137000], 'recipient'],
  [[131047], 'window'],
  [[131049], 'marketing_cap'],
  [[131050], 'opted_out'],
  [[33, 100, 131008, 131009, 131051, 135000], 'invalid'],
  [[131052, 131053], 'media'],
  [[131063, 131064, 132000, 132001, 132005, 132007, 132008, 132012, 132015, 132016, 132068], 'template'],
]

describe('a code decides how an error is treated', () => {
  test.each(DOCUMENTED.flatMap(([codes, treatment]) => codes.map((code) => [code, treatment] as const)))('%i is %s', (code, treatment) => {
    expect(classOf(String(code))).toBe(treatment)
  })

  test.each(['1026', '300', '20', '', 'constructor', '__proto__'])('%j, which nobody documented, is unknown', (code) => {
    expect(classOf(code)).toBe('unknown')
  })
})

test('screens can ask for every code there is, each once', () => {
  const codes = KNOWN_ERRORS.map((error) => error.code)
  expect(new Set(codes).size).toBe(codes.length)
  expect(codes).toEqual(expect.arrayContaining(['131047', '131026', '0', 'invalid_message', 'not_connected', 'too_many_requests']))
  for (const error of KNOWN_ERRORS) expect(ERROR_CLASSES).toContain(error.class)
})

describe('the provider’s words', () => {
  test('of an answer: without the code in front', () => {
    const error = { message: '(#130429) Rate limit hit', code: 130429, error_subcode: 2494055, error_data: { details: 'Slow down.' } }
    expect(providerError(error)).toEqual({ code: '130429', class: 'rate', title: 'Rate limit hit', details: 'Slow down.' })
  })

  test('of a webhook: the title', () => {
    expect(providerError({ code: '131026', title: 'Message undeliverable', message: 'longer' })).toMatchObject({
      class: 'recipient',
      title: 'Message undeliverable',
    })
  })

  test('of nobody: an error without a code is not Meta’s', () => {
    expect(providerError({ message: 'Bad Gateway' })).toBeUndefined()
    expect(providerError('Bad Gateway')).toBeUndefined()
  })
})

test('a refusal of our own carries its class', () => {
  expect(ownError('not_connected', 'ECONNREFUSED')).toEqual({ code: 'not_connected', class: 'transient', title: 'ECONNREFUSED' })
})
