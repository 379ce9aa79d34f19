import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * `npm run check`: what a machine can say about the code without a database. Stops at the first thing that is wrong.
 */
const SOURCE_FOLDERS = ['app', 'modules', 'channels', 'workers', 'sandbox', 'scripts', 'prisma', 'tests', 'bench', 'k8s']
const FILE_LINES = 300
/** A test file is a list of stories; it may be longer before it is hard to find one. */
const TEST_LINES = 600

const steps: [string, () => string | undefined][] = [
  ['format and lint', () => command('biome', ['check', '--error-on-warnings', '.'])],
  ['types', () => command('tsc', ['--noEmit'])],
  ['import rules', importRules],
  ['file length', fileLength],
  ['unused code', () => command('knip', ['--no-progress'])],
  ['unit tests', () => command('vitest', ['run', '--project', 'unit', '--reporter', 'dot'])],
]

for (const [name, run] of steps) {
  const startedAt = performance.now()
  const problem = run()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${problem === undefined ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (problem !== undefined) {
    console.error(problem)
    process.exit(1)
  }
}

/** @returns what the command printed when it failed */
function command(name: string, parameters: string[]): string | undefined {
  const done = spawnSync(join('node_modules/.bin', name), parameters, { encoding: 'utf8', maxBuffer: 100_000_000 })
  return done.status === 0 ? undefined : `${done.stdout}${done.stderr}`
}

function sourceFiles(): string[] {
  const listed = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '--', ...SOURCE_FOLDERS.map((folder) => `${folder}/**`)],
    { encoding: 'utf8' },
  )
  return [...new Set(listed.stdout.split('\n'))].filter((file) => /\.(ts|tsx)$/.test(file) && !file.endsWith('.d.ts'))
}

/**
 * The rules of .dependency-cruiser.cjs, and that they saw everything: a cruise that loses files or can't resolve an alias would
 * otherwise be green for the wrong reason.
 */
function importRules(): string | undefined {
  const done = spawnSync('node_modules/.bin/depcruise', [...SOURCE_FOLDERS, '--output-type', 'json'], {
    encoding: 'utf8',
    maxBuffer: 200_000_000,
  })
  if (!done.stdout) return done.stderr
  const { modules, summary } = JSON.parse(done.stdout) as {
    modules: { source: string; dependencies: { module: string; couldNotResolve: boolean }[] }[]
    summary: { violations: { from: string; to: string; rule: { name: string } }[] }
  }
  const seen = new Set(modules.map((module) => module.source))
  const missed = sourceFiles().filter((file) => !seen.has(file))
  const unresolved = modules.flatMap((module) =>
    module.dependencies
      .filter((dependency) => dependency.couldNotResolve && /^[#.]/.test(dependency.module))
      .map((dependency) => `${module.source} can't resolve ${dependency.module}`),
  )
  const broken = summary.violations.map((violation) => `${violation.rule.name}: ${violation.from} → ${violation.to}`)
  const problems = [...missed.map((file) => `not looked at: ${file}`), ...unresolved, ...broken]
  if (problems.length > 0) return problems.join('\n')
  console.log(`       ${seen.size} modules looked at, ${sourceFiles().length} of them ours`)
  return undefined
}

function fileLength(): string | undefined {
  const long = sourceFiles()
    .map((file) => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
    .filter(({ file, lines }) => lines > (/[.]test[.]tsx?$/.test(file) ? TEST_LINES : FILE_LINES))
  return long.length === 0 ? undefined : long.map(({ file, lines }) => `${file} has ${lines} lines; what noun is hiding in it?`).join('\n')
}
