import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { newId } from '#platform/ids.ts'
import {
  allowance,
  atTime,
  type Circuit,
  closedCircuit,
  inheritedCircuit,
  onAnswer,
  onNothing,
  onOutage,
  onPause,
  onStart,
} from './circuit.ts'
import { createPairRates } from './pair-rates.ts'
import { createRate } from './rate.ts'

describe('the rate of an account', () => {
  test('is never exceeded in any second, however greedily it is used', () => {
    const steps = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 300 }), fc.constantFrom('interactive', 'bulk') as fc.Arbitrary<'interactive' | 'bulk'>),
      {
        maxLength: 200,
      },
    )
    fc.assert(
      fc.property(fc.constantFrom(1, 2, 5, 20, 80, 1_000), steps, (perSecond, list) => {
        const rate = createRate(perSecond)
        const sent: { at: number; calls: number }[] = []
        let at = 0
        for (const [gap, lane] of list) {
          at += gap
          const calls = rate.room(at)[lane]
          rate.take(calls, at)
          sent.push({ at, calls })
        }
        for (const { at: from } of sent) {
          const inSecond = sent.filter((one) => one.at >= from && one.at < from + 1_000).reduce((sum, one) => sum + one.calls, 0)
          expect(inSecond).toBeLessThanOrEqual(perSecond)
        }
      }),
    )
  })

  test('is nearly used up by those who have much to send', () => {
    const rate = createRate(80)
    let sent = 0
    for (let at = 0; at < 10_000; at += 20) {
      const { interactive } = rate.room(at)
      rate.take(interactive, at)
      sent += interactive
    }
    expect(sent).toBeGreaterThan(700)
  })

  test('keeps the last fifth from the bulk lane', () => {
    const rate = createRate(100)
    expect(rate.room(0)).toEqual({ interactive: 10, bulk: 8 })
    rate.take(8, 0)
    expect(rate.room(0)).toEqual({ interactive: 2, bulk: 0 })
  })

  test.each([1, 5, 11, 12, 20])('lets bulk messages go at %d a second as well', (perSecond) => {
    expect(createRate(perSecond).room(0).bulk).toBeGreaterThan(0)
  })

  test('is halved when the provider says "too fast", and recovers', () => {
    const rate = createRate(100)
    rate.slowDown(0)
    expect(rate.room(0).interactive).toBe(0)
    expect(rate.room(100).interactive).toBe(4)
    rate.take(4, 100)
    rate.room(30_000)
    rate.take(10, 30_000)
    expect(rate.room(30_100).interactive).toBe(9)
  })
})

describe('the rate to one person', () => {
  test('lets a burst through and then one each gap, for this person alone', () => {
    const pairs = createPairRates({ everyMs: 6_000, burst: 3 })
    const [one, other] = [newId('line'), newId('line')]
    for (let message = 0; message < 3; message++) {
      expect(pairs.resting(0)).toEqual([])
      pairs.take(one, 0)
    }
    pairs.take(other, 0)
    expect(pairs.resting(0)).toEqual([one])
    expect(pairs.resting(5_999)).toEqual([one])
    expect(pairs.resting(6_000)).toEqual([])
    pairs.take(one, 6_000)
    expect(pairs.resting(6_000)).toEqual([one])
    expect(pairs.resting(60_000)).toEqual([])
  })

  test('has no limit where the provider has none', () => {
    const pairs = createPairRates(null)
    for (let message = 0; message < 100; message++) pairs.take(newId('line'), 0)
    expect(pairs.resting(0)).toEqual([])
  })
})

describe('the circuit', () => {
  const outages = (count: number, from: Circuit = closedCircuit, at = 0) =>
    Array.from({ length: count }).reduce<Circuit>((circuit) => onOutage(circuit, at, 'no answer'), from)

  test('opens after five outages in a row, and an answer in between starts the count anew', () => {
    expect(outages(4).state).toBe('closed')
    expect(outages(4, onAnswer(outages(4))).state).toBe('closed')
    expect(outages(5)).toMatchObject({ state: 'open', reason: 'no answer', untilMs: 10_000 })
    expect(allowance(outages(5))).toBe(0)
  })

  test('lets one call try when its time is over, and closes when that gets through', () => {
    const open = outages(5)
    expect(atTime(open, 9_999).state).toBe('open')
    const half = atTime(open, 10_000)
    expect(half.state).toBe('half_open')
    expect(allowance(half)).toBe(1)
    const trying = onStart(half)
    expect(allowance(trying)).toBe(0)
    expect(allowance(onNothing(trying))).toBe(1)
    expect(onAnswer(trying)).toEqual(closedCircuit)
  })

  test('opens for longer each time the one call fails, up to five minutes', () => {
    let circuit = outages(5)
    const lengths: number[] = []
    for (let at = 10_000, times = 0; times < 7; times++) {
      circuit = onOutage(onStart(atTime(circuit, at)), at, 'still no answer')
      lengths.push(circuit.untilMs - at)
      at = circuit.untilMs
    }
    expect(lengths).toEqual([20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  })

  test('stays open for late answers of calls that were under way', () => {
    const open = outages(5)
    expect(onAnswer(open)).toBe(open)
    expect(onOutage(open, 1, 'again')).toBe(open)
  })

  test('takes the pause a provider asked for, and the longer of two', () => {
    const paused = onPause(closedCircuit, 60_000, 'account_rate')
    expect(paused).toMatchObject({ state: 'open', untilMs: 60_000, reason: 'account_rate' })
    expect(onPause(paused, 30_000, 'account_rate')).toBe(paused)
    expect(onPause(paused, 90_000, 'account_rate').untilMs).toBe(90_000)
  })

  test('is inherited by the next sender with one careful call', () => {
    expect(inheritedCircuit('closed', null)).toEqual(closedCircuit)
    expect(allowance(inheritedCircuit('open', 'no answer'))).toBe(1)
  })
})
