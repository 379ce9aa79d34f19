import type { ErrorClass } from '#channels/connector.ts'

/**
 * What follows a refusal, by the class of its error (`docs/failures.md` explains the codes to people). Only a refusal comes
 * here: the provider surely did not take the message. What is ambiguous is never tried again (I5).
 */
export interface Rule {
  /** One try, and this many more, each after so many milliseconds. Meanwhile the delivery holds its line. */
  delaysMs: readonly number[]
  /** `stop`: nothing of this account can be sent until a person acts. `pause`: not for a while. `slow`: less per second. */
  account: 'stop' | 'pause' | 'slow' | null
  /** Does it say that the provider itself is unwell, so that the account's circuit should open when it goes on? */
  isOutage: boolean
  /** Worth sending again as a new delivery after this long, once. */
  againAfterMs: number | null
}

const HOUR_MS = 3_600_000
const never: Rule = { delaysMs: [], account: null, isOutage: false, againAfterMs: null }
const stop: Rule = { ...never, account: 'stop' }

export const RULES: Readonly<Record<ErrorClass, Rule>> = {
  transient: { ...never, delaysMs: [2_000, 4_000, 8_000], isOutage: true },
  rate: { ...never, delaysMs: [2_000, 4_000, 8_000], account: 'slow' },
  // The pair's own pace, 6 s on WhatsApp: the first retry waits for one free place, the others for more.
  pair_rate: { ...never, delaysMs: [6_000, 12_000, 24_000] },
  account_rate: { ...never, delaysMs: [15_000, 30_000, 60_000], account: 'pause' },
  auth: stop,
  permission: stop,
  policy: stop,
  billing: stop,
  window: never,
  recipient: never,
  invalid: never,
  template: never,
  // 131049: the person has had enough marketing for today, from everybody; tomorrow is another day.
  marketing_cap: { ...never, againAfterMs: 24 * HOUR_MS },
  opted_out: never,
  media: never,
  unknown: never,
}

/** Longest that a delivery may hold its line; whatever takes longer lets the others pass. */
export const LONGEST_HOLD_MS = 60_000

export type NextStep = { kind: 'retry'; afterMs: number } | { kind: 'fail'; againAfterMs: number | null }

/**
 * @param tries how many calls were made, this one included
 * @param retryAfterMs what the provider asked for, if it did; longer than our own delay it wins, within the longest hold
 */
export function nextStep(errorClass: ErrorClass, tries: number, retryAfterMs = 0): NextStep {
  const rule = RULES[errorClass]
  const delayMs = rule.delaysMs[tries - 1]
  if (delayMs === undefined) return { kind: 'fail', againAfterMs: rule.againAfterMs }
  return { kind: 'retry', afterMs: Math.min(Math.max(delayMs, retryAfterMs), LONGEST_HOLD_MS) }
}
