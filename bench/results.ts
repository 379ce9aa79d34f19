import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One figure: what was asked, what came out, and what the bare baseline did beside it. */
export interface Row {
  figure: string
  target: string
  result: string
  baseline: string
  /** One value per run or pair, so that a reader sees the spread. */
  runs: string
  met: boolean | null
}

const FILE = join(import.meta.dirname, 'RESULTS.md')
const HEAD = `# Results

Appended by \`npm run bench\`, newest last. Ratios are medians of interleaved pairs in one run; an absolute figure is met when most
of its runs meet it. Half of the load are statuses. What each command does: \`npm run bench -- --help\`.

A load average above one or two means that others worked on the machine meanwhile: then rates and times say what was left over,
and only processor times, plans and memory can be relied upon.
`

/** Prints a table, and keeps it in RESULTS.md unless the run was only for trying. */
export function record(options: {
  title: string
  command: string
  machine: string
  rows: readonly Row[]
  notes?: string[]
  keep: boolean
}): void {
  const table = [
    '| figure | target | ours | baseline | each run | met |',
    '|---|---|---|---|---|---|',
    ...options.rows.map(
      (row) =>
        `| ${row.figure} | ${row.target} | ${row.result} | ${row.baseline} | ${row.runs} | ${row.met === null ? '' : row.met ? 'yes' : '**no**'} |`,
    ),
  ]
  const day = new Date().toISOString().slice(0, 16).replace('T', ' ')
  const text = [`## ${options.title} (${day} UTC)`, '', `\`${options.command}\``, '', `${options.machine}.`, '', ...table]
  if (options.notes?.length) text.push('', ...options.notes.map((note) => `- ${note}`))
  console.log(`\n${text.join('\n')}\n`)
  if (!options.keep) return
  if (!existsSync(FILE)) writeFileSync(FILE, HEAD)
  appendFileSync(FILE, `\n${text.join('\n')}\n`)
}
