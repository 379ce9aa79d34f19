import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { failures } from '#platform/failures.ts'

const rows = [...readFileSync('docs/failures.md', 'utf8').matchAll(/^\| `(\w+)` \| (\d{3}) \| (never|later) \| (.+?) \| (.+?) \|$/gm)]

test('the page of failures and the catalogue say the same, both ways and in the same order', () => {
  const documented = rows.map(([, code, status, retry]) => [code, { status: Number(status), retry }])
  expect(documented).toEqual(Object.entries(failures))
})

test('every failure says what happened and what to do', () => {
  for (const [, code, , , happened, advice] of rows) {
    expect(happened, code).toMatch(/^[A-Z].*\.$/)
    expect(advice, code).toMatch(/^[A-Z].*\.$/)
  }
})
