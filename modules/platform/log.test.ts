import { expect, test } from 'vitest'
import { createLog, REDACTED_FIELDS } from './log.ts'

test.each(REDACTED_FIELDS)('%s never reaches the log, however deep it lies', (field) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', process: 'test', destination: { write: (line) => lines.push(line) } })
  log.info(
    { [field]: 'canary', inner: { [field]: 'canary', deeper: { [field]: 'canary', deepest: { [field]: 'canary' } } } },
    'something happened',
  )
  expect(lines.join('')).toContain('something happened')
  expect(lines.join('')).not.toContain('canary')
})
