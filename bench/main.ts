import { accept } from './commands/accept.ts'
import { inbox } from './commands/inbox.ts'
import { intake } from './commands/intake.ts'
import { latency } from './commands/latency.ts'
import { memory } from './commands/memory.ts'
import { stopAll } from './ending.ts'
import { type Options, parseOptions, Usage } from './options.ts'

const COMMANDS: Readonly<Record<string, { summary: string; run(options: Options): Promise<void> }>> = {
  accept,
  intake,
  latency,
  inbox,
  memory,
}

const USAGE = `usage: npm run bench -- <name> [options]

${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(9)}${summary}`)
  .join('\n')}

  --tenants 1,500   numbers of tenants, one table for each
  --kafka           the bus on a real Apache Kafka, started for the run (default: on PostgreSQL)
  --runs 5          pairs, or runs, of each figure
  --seconds N       length of each of them
  --rate N          updates offered a second, where a command offers load
  --quick           tiny counts, to see that it works; nothing is kept

Each starts its own PostgreSQL, synced to disk, and appends its table to bench/RESULTS.md. accept, latency and memory measure
what \`npm run build\` has built. Nothing else should run on the machine meanwhile.`

async function main([name, ...words]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help') {
    console.log(USAGE)
    return name === undefined ? 2 : 0
  }
  const command = COMMANDS[name]
  if (!command) throw new Usage(`there is no benchmark ${name}; there are ${Object.keys(COMMANDS).join(', ')}`)
  await command.run(parseOptions(name, words))
  return 0
}

async function end(code: number): Promise<void> {
  await stopAll()
  process.exit(code)
}

process.once('SIGINT', () => void end(130))
process.once('SIGTERM', () => void end(143))
main(process.argv.slice(2)).then(end, (error: unknown) => {
  console.error(error instanceof Usage ? `bench: ${error.message}\n\n${USAGE}` : error)
  return end(error instanceof Usage ? 2 : 1)
})
