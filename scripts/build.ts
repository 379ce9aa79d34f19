import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/**
 * Builds everything that production runs into `build/`: the web bundle (client and server) by Remix and Vite, the process
 * entries by esbuild. `--if-stale` does nothing when no source is newer than the last build, which is what makes the second
 * `npm start` quick.
 */
const STAMP = 'build/.stamp'
const SOURCES = [
  'app',
  'modules',
  'channels',
  'workers',
  'sandbox',
  'scripts',
  'prisma',
  'tests/builders',
  'package-lock.json',
  'vite.config.ts',
  'tsconfig.json',
]
const ENTRIES = {
  main: 'workers/main.ts',
  start: 'scripts/start/main.ts',
  weft: 'scripts/weft/main.ts',
  sandbox: 'scripts/start/sandbox.ts',
}

if (process.argv.includes('--if-stale') && !isStale()) process.exit(0)
console.error('weft: building (about 20 seconds, once)')
rmSync('build', { recursive: true, force: true })
run('prisma', ['generate', '--no-hints'])
run('remix', ['vite:build', '--logLevel', 'warn'])
await build({
  entryPoints: ENTRIES,
  outdir: 'build',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'linked',
  // Beside the entries, so that a path relative to a module means the same wherever the bundler put it.
  chunkNames: '[name]-[hash]',
  logLevel: 'warning',
})
writeFileSync(STAMP, '')

function isStale(): boolean {
  if (!existsSync(STAMP)) return true
  const builtAt = statSync(STAMP).mtimeMs
  return SOURCES.some((source) => newestIn(source) > builtAt)
}

function newestIn(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (!stats) return 0
  if (!stats.isDirectory()) return stats.mtimeMs
  const inside = readdirSync(path)
    .filter((name) => name !== 'generated')
    .map((name) => newestIn(join(path, name)))
  return Math.max(0, ...inside)
}

function run(command: string, parameters: string[]): void {
  const done = spawnSync(join('node_modules/.bin', command), parameters, {
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (done.status === 0) return
  process.stderr.write(`${done.stdout}${done.stderr}\nweft: ${command} ${parameters.join(' ')} failed\n`)
  process.exit(1)
}
