import { parseArgs } from 'node:util'

/** What a command line may say; what it leaves out, each command fills in for itself. */
export interface Options {
  /** Numbers of tenants, one table for each. */
  tenants: number[]
  kafka: boolean
  /** How often each figure is taken: pairs of ours and baseline, or runs. */
  runs: number
  seconds: number | undefined
  rate: number | undefined
  /** Tiny counts, to see that it works; nothing is kept. */
  quick: boolean
  /** As it was typed, for RESULTS.md. */
  command: string
}

/** The command line makes no sense; the message says what would. */
export class Usage extends Error {
  override name = 'Usage'
}

/** @throws Usage */
export function parseOptions(name: string, words: readonly string[]): Options {
  const values = readWords(words)
  const whole = (option: 'runs' | 'seconds' | 'rate', most: number): number | undefined => {
    const text = values[option]
    if (text === undefined) return undefined
    const number = Number(text)
    if (!Number.isInteger(number) || number < 1 || number > most)
      throw new Usage(`--${option} must be a whole number from 1 to ${most}, not ${text}`)
    return number
  }
  const tenants = (values.tenants ?? '1,500').split(',').map(Number)
  if (tenants.some((count) => !Number.isInteger(count) || count < 1 || count > 2_000))
    throw new Usage('--tenants must be whole numbers from 1 to 2000, such as 1,500')
  const quick = values.quick ?? false
  return {
    tenants,
    kafka: values.kafka ?? false,
    runs: whole('runs', 50) ?? (quick ? 1 : 5),
    seconds: whole('seconds', 600),
    rate: whole('rate', 20_000),
    quick,
    command: ['npm run bench --', name, ...words].join(' '),
  }
}

function readWords(words: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...words],
      options: { tenants: text, kafka: flag, runs: text, seconds: text, rate: text, quick: flag },
    }).values
  } catch (error) {
    throw new Usage((error as Error).message)
  }
}
