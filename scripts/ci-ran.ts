import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

/** Fails when a suite of the pipeline ran no test; prints one closing line that counts them all. */
const folder = process.argv[2]
if (!folder) {
  console.error('usage: ci-ran <folder with the suites’ output>')
  process.exit(2)
}

let passed = 0
for (const suite of ['test', 'redis', 's3', 'kafka', 'fixtures']) {
  const output = stripVTControlCharacters(readFileSync(join(folder, `${suite}.txt`), 'utf8'))
  const counts = [...output.matchAll(/^\s*Tests\s+.*?(\d+) passed/gm)].map((match) => Number(match[1]))
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) fail(`${suite}: no test ran`)
  passed += total
  console.log(`${suite}: ${total} tests`)
}
const browser = stripVTControlCharacters(readFileSync(join(folder, 'test.txt'), 'utf8'))
if (!/\bbrowser\b.*tests\/e2e\//.test(browser)) fail('browser: no test ran')
console.log(`\n${passed} passed, 0 failed`)

function fail(sentence: string): never {
  console.error(sentence)
  process.exit(1)
}
