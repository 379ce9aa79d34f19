import { parseArgs } from 'node:util'

/** What a run does, how long, and what it must have seen to count. Times in ms. */
export interface FaultPlan {
  seed: number
  tenants: number
  isKafka: boolean
  /** How long load and faults go on at least. */
  faultsMs: number
  /** How much longer the kinds that still lack kills may take. */
  extraMs: number
  /** How long everything may take to come to rest afterwards. */
  settleMs: number
  /** After this the run is stopped, whatever it does. */
  limitMs: number
  /** Kills that hit work in flight, for each kind of process. */
  kills: number
  /** Comparisons made for each invariant. */
  checks: number
  messagesPerSecond: number
  repliesPerSecond: number
  /** Replies there must be in all. */
  replies: number
}

/** Asked for something that does not exist. */
export class FaultUsage extends Error {
  override name = 'FaultUsage'
}

const USAGE = 'npm run test:faults -- [--short | --minutes N] [--seed S] [--tenants N] [--kafka]'

/**
 * Reads the command line. The long form wants 20 kills with work in flight for each kind and 1,000 checks for each invariant,
 * the short one (for the pipeline) 3 and 200.
 * @throws FaultUsage
 */
export function planOf(words: readonly string[], seedOfNow: number): FaultPlan {
  const { values } = read(words)
  const seed = values.seed === undefined ? seedOfNow : whole('seed', values.seed, 0)
  const tenants = values.tenants === undefined ? 4 : whole('tenants', values.tenants, 1)
  const shared = { seed, tenants, isKafka: values.kafka === true }
  if (values.short === true) {
    // An idle machine needs less than three minutes in all; the rest is for one that is busy with other things.
    const times = { faultsMs: 60_000, extraMs: 150_000, settleMs: 120_000, limitMs: 600_000 }
    return { ...shared, ...times, kills: 3, checks: 200, messagesPerSecond: 8, repliesPerSecond: 4, replies: 150 }
  }
  const faultsMs = whole('minutes', values.minutes ?? '20', 1) * 60_000
  const times = { faultsMs, extraMs: faultsMs, settleMs: 300_000, limitMs: faultsMs * 2 + 600_000 }
  return { ...shared, ...times, kills: 20, checks: 1_000, messagesPerSecond: 80, repliesPerSecond: 4, replies: 600 }
}

function read(words: readonly string[]) {
  const options = {
    short: { type: 'boolean' },
    minutes: { type: 'string' },
    seed: { type: 'string' },
    tenants: { type: 'string' },
    kafka: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...words], options })
  } catch (error) {
    throw new FaultUsage(`${(error as Error).message}\nusage: ${USAGE}`)
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least) throw new FaultUsage(`--${name} must be a whole number from ${least}\nusage: ${USAGE}`)
  return value
}
