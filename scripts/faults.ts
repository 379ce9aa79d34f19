import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { FaultUsage, planOf } from '#tests/faults/options.ts'
import { judge, reportOf } from '#tests/faults/report.ts'
import { runFaults } from '#tests/faults/run.ts'

/** How long stopping everything may take. */
const STOP_MS = 45_000

/**
 * `npm run test:faults [-- --short | --minutes N] [--seed S] [--tenants N] [--kafka]`: the built product under load while its
 * processes, its database and its broker are killed and frozen, then every invariant compared. Exit 0 when all held, 1 when not,
 * 2 when asked for something that does not exist.
 */
async function main(words: readonly string[]): Promise<number> {
  const plan = planOf(words, Math.floor(Math.random() * 1_000_000))
  const say = (line: string) => console.log(`[${new Date().toISOString().slice(11, 19)}] ${line}`)
  say(`seed ${plan.seed}`)
  const built = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/build.ts', '--if-stale'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (built.status !== 0) throw new Error('the build failed')

  const stopping = new AbortController()
  const limits = [
    setTimeout(() => stopping.abort(new Error('the time limit')), plan.limitMs),
    // Should even stopping hang: our end ends everything we started.
    setTimeout(() => process.exit(1), plan.limitMs + STOP_MS),
  ]
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort(new Error(name)))
  const { PATH, HOME, LANG } = process.env
  const { outcome, dataDir, close } = await runFaults({
    plan,
    say,
    signal: stopping.signal,
    paths: { PATH, HOME, LANG, LOG_LEVEL: 'info' },
  })
  const verdict = judge(outcome)
  const hasFailed = verdict.failures.length > 0
  const report = reportOf(outcome, verdict)
  console.log(`\n${report}`)
  if (hasFailed) {
    const all = outcome.findings.flatMap(({ name, violations }) => violations.map((sentence) => `${name}: ${sentence}`))
    writeFileSync(join(dataDir, 'violations.txt'), `${report}\n\n${all.join('\n')}\n`)
    console.log(`\nlogs, journal and database are kept in ${dataDir}; run it again with --seed ${plan.seed}`)
  }
  await close({ keepFiles: hasFailed })
  for (const limit of limits) clearTimeout(limit)
  console.log(`\n${verdict.passed} passed, ${verdict.failures.length} failed`)
  return hasFailed ? 1 : 0
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: Error) => {
    console.error(error instanceof FaultUsage ? error.message : error)
    console.log('\n0 passed, 1 failed')
    process.exit(error instanceof FaultUsage ? 2 : 1)
  },
)
