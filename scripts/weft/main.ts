import { parseArgs } from 'node:util'
import { z } from 'zod'
import { DatabaseRefused } from '#platform/db/database.ts'
import { MigrationError } from '#platform/db/migrate.ts'
import { EnvError, readEnv } from '#platform/env.ts'
import { createLog } from '#platform/log.ts'
import { createMetrics } from '#platform/metrics.ts'
import { composeWorker } from '#workers/compose.ts'
import { type Command, CommandFailed, CommandUsage } from './command.ts'
import { COMMANDS } from './commands.ts'
import { embeddedVariables } from './embedded.ts'

/**
 * The operator's command line: `npm run -s weft -- <noun> <verb> … [--json]`. Clean stdout (the result alone), sentences on
 * stderr; exit 0 done, 1 failed, 2 wrong words.
 */
async function main(words: string[]): Promise<void> {
  if (words.length === 0 || words.includes('--help')) {
    process.stdout.write(usage(COMMANDS))
    return
  }
  const found = findCommand(words)
  const { json, ...options } = readOptions(found, words.slice(found.name.split(' ').length))
  const result = await runCommand(found, options)
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${humanText(result)}\n`)
}

async function runCommand(found: Command, options: unknown): Promise<unknown> {
  const env = readEnv({ ...embeddedVariables(), ...process.env })
  if (found.run.needs === 'environment') return found.run.work({ env }, options)
  const log = createLog({ level: 'silent', process: 'weft' })
  const { context, close } = await composeWorker(
    { ...env, DATABASE_POOL: Math.min(env.DATABASE_POOL, 4) },
    log,
    createMetrics({ defaults: false }),
  )
  try {
    return await found.run.work(context, options)
  } finally {
    await close()
  }
}

function findCommand(words: readonly string[]): Command {
  const typed = words.join(' ')
  const found = COMMANDS.filter((candidate) => typed === candidate.name || typed.startsWith(`${candidate.name} `)).sort(
    (a, b) => b.name.length - a.name.length,
  )[0]
  if (found) return found
  const noun = COMMANDS.filter((candidate) => candidate.name.split(' ')[0] === words[0])
  throw new CommandUsage(`there is no command ${words.slice(0, 2).join(' ')}\n\n${usage(noun.length > 0 ? noun : COMMANDS)}`)
}

function readOptions(found: Command, words: string[]): Record<string, unknown> & { json: boolean } {
  const shape = found.options instanceof z.ZodObject ? Object.keys(found.options.shape) : []
  const named = shape.filter((name) => !found.positionals.includes(name))
  try {
    const parsed = parseArgs({
      args: words,
      allowPositionals: true,
      options: { json: { type: 'boolean' }, ...Object.fromEntries(named.map((name) => [kebab(name), { type: 'string' as const }])) },
    })
    const values: Record<string, unknown> = parsed.values
    const { positionals } = parsed
    if (positionals.length > found.positionals.length) throw new Error(`unexpected word ${positionals[found.positionals.length]}`)
    const given: Record<string, unknown> = Object.fromEntries(named.map((name) => [name, values[kebab(name)]]))
    found.positionals.forEach((name, at) => {
      given[name] = positionals[at]
    })
    const checked = found.options.safeParse(given)
    if (!checked.success)
      throw new Error(checked.error.issues.map((issue) => `--${kebab(issue.path.join('.'))}: ${issue.message}`).join('\n'))
    return { ...(checked.data as Record<string, unknown>), json: values.json === true }
  } catch (error) {
    throw new CommandUsage(`${(error as Error).message}\n\n${usage([found])}`)
  }
}

function usage(commands: readonly Command[]): string {
  const lines = commands.map((known) => {
    const shape = known.options instanceof z.ZodObject ? known.options.shape : {}
    const words = Object.entries(shape).map(([name, schema]) => {
      const value = known.positionals.includes(name) ? `<${name}>` : `--${kebab(name)} ${known.examples[name] ?? '…'}`
      return (schema as z.ZodType).safeParse(undefined).success ? `[${value}]` : value
    })
    return `  weft ${[known.name, ...words].join(' ')}\n      ${known.summary}`
  })
  return `usage (add --json for machines):\n${lines.join('\n')}\n`
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Rows as aligned columns, objects as one `name  value` a line, text as it is. */
function humanText(result: unknown): string {
  if (typeof result === 'string') return result
  if (Array.isArray(result))
    return result.length === 0
      ? 'none'
      : result
          .map((row) =>
            Object.values(row as object)
              .map((value) => String(value ?? ''))
              .join('  '),
          )
          .join('\n')
  if (result === null || typeof result !== 'object') return String(result)
  return Object.entries(result)
    .map(([name, value]) => `${name.padEnd(16)}${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join('\n')
}

main(process.argv.slice(2)).catch((error: unknown) => {
  if (error instanceof CommandUsage) {
    process.stderr.write(`weft: ${error.message}\n`)
    process.exit(2)
  }
  const expected = [CommandFailed, EnvError, DatabaseRefused, MigrationError].some((kind) => error instanceof kind)
  const { code, message, stack } = error as { code?: string; message: string; stack?: string }
  const sentence =
    code === 'ECONNREFUSED'
      ? 'the database does not answer; is Weft running (npm start), or is DATABASE_WORKER_URL right?'
      : expected
        ? message
        : stack
  process.stderr.write(`weft: ${sentence}\n`)
  process.exit(1)
})
