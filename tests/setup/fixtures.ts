import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** One payload that nobody in this project wrote, with what the README beside it says it is. */
export interface Fixture {
  file: string
  /** The README's words, e.g. `inbound text (BSUID)`. */
  kind: string
  bytes: Buffer
}

/**
 * The shared fixtures of one folder, e.g. `whatsapp-cloud/webhooks`, by the table of its README. They are not part of this
 * repository: `WEFT_FIXTURES` says where they lie (default `../shared/fixtures`).
 * @returns null, and says so, when they are not there; with `WEFT_FIXTURES_REQUIRED=1` it throws instead
 */
export function sharedFixtures(folder: string): Fixture[] | null {
  const path = join(resolve(process.env.WEFT_FIXTURES || '../shared/fixtures'), folder)
  if (!existsSync(join(path, 'README.md'))) {
    const sentence = `The shared fixtures of ${folder} are not there, so nothing was compared with them: set WEFT_FIXTURES to their folder.`
    if (process.env.WEFT_FIXTURES_REQUIRED === '1') throw new Error(sentence)
    process.stdout.write(`${sentence}\n`)
    return null
  }
  const kinds = kindsOf(readFileSync(join(path, 'README.md'), 'utf8'))
  return readdirSync(path)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ file, kind: kinds.get(file) ?? '', bytes: readFileSync(join(path, file)) }))
}

/** Rows of the form `| file | kind | … |`; the heading and its rule do no harm. */
function kindsOf(readme: string): Map<string, string> {
  const rows = readme.split('\n').filter((line) => line.startsWith('| '))
  return new Map(rows.map((line) => line.split('|').map((cell) => cell.trim())).map(([, file = '', kind = '']) => [file, kind]))
}
