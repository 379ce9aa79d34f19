import type { FaultCount } from './chaos.ts'
import type { UnknownCount } from './checks/sent-once.ts'
import type { Finding } from './findings.ts'
import type { FaultPlan } from './options.ts'
import { type Victim, WORK_MEANS } from './work.ts'

/** Everything a run has to show. */
export interface Outcome {
  plan: FaultPlan
  seconds: number
  faults: ReadonlyMap<Victim, FaultCount>
  findings: readonly Finding[]
  unknown: UnknownCount
  /** What went through, by name. */
  load: Readonly<Record<string, number>>
}

export interface Verdict {
  passed: number
  /** One sentence each. */
  failures: string[]
}

const SHOWN_VIOLATIONS = 10

/** Compares what was seen with what a run must have seen, and every invariant with itself. */
export function judge({ plan, faults, findings, unknown }: Outcome): Verdict {
  const failures: string[] = []
  let passed = 0
  const demand = (holds: boolean, problem: string) => {
    if (holds) passed += 1
    else failures.push(problem)
  }
  for (const [victim, { killsAtWork, kills }] of faults) {
    // No kind of timer exists yet, so nothing can be due: it is killed as often as the others.
    const counted = victim === 'timers' ? kills : killsAtWork
    demand(counted >= plan.kills, `${victim} was killed with work in flight ${counted} times, ${plan.kills} are wanted`)
  }
  for (const { name, title, checks, violations } of findings) {
    demand(violations.length === 0, `${name} (${title}) is violated ${violations.length} times`)
    demand(checks >= plan.checks, `${name} was checked ${checks} times, ${plan.checks} are wanted`)
  }
  demand(unknown.byReceipt >= 1, 'no unknown delivery was settled by a receipt')
  demand(unknown.byPerson >= 1, 'no unknown delivery was settled by a person')
  return { passed, failures }
}

export function reportOf(outcome: Outcome, verdict: Verdict): string {
  const { plan, seconds, faults, findings, unknown, load } = outcome
  const adapter = plan.isKafka ? 'Kafka' : 'PostgreSQL'
  const faultRows = [...faults].map(([victim, count]) => [
    victim,
    String(count.kills),
    String(count.killsAtWork),
    String(count.freezes),
    String(count.freezesAtWork),
    WORK_MEANS[victim],
  ])
  const findingRows = findings.map(({ name, title, checks, violations }) => [name, String(checks), String(violations.length), title])
  const violations = findings.flatMap(({ name, violations: all }) =>
    all.slice(0, SHOWN_VIOLATIONS).map((sentence) => `  ${name}: ${sentence}`),
  )
  return [
    `Faults: seed ${plan.seed}, ${plan.tenants} ${plan.tenants === 1 ? 'tenant' : 'tenants'}, bus on ${adapter}, ${Math.round(seconds)} s`,
    Object.entries(load)
      .map(([what, count]) => `${count} ${what}`)
      .join(', '),
    '',
    ...table(['process', 'kills', 'at work', 'freezes', 'at work', 'at work means'], faultRows),
    '',
    ...table(['invariant', 'checks', 'violations', ''], findingRows),
    '',
    `unknown deliveries: ${unknown.byReceipt} settled by a receipt, ${unknown.byPerson} by a person`,
    ...(verdict.failures.length > 0 ? ['', ...verdict.failures.map((sentence) => `FAILED ${sentence}`), ...violations] : []),
  ].join('\n')
}

function table(head: readonly string[], rows: readonly string[][]): string[] {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const isNumber = (at: number) => rows.every((row) => /^\d+$/.test(row[at] ?? ''))
  const line = (row: readonly string[]) =>
    row
      .map((cell, at) => (isNumber(at) ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd()
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}
