import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AppendLog } from './append-log.ts'

let directory = ''
const opened: AppendLog[] = []
const open = async () => {
  const result = await AppendLog.open(path())
  opened.push(result.log)
  return result
}
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'append-log-'))
})
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close()
  rmSync(directory, { recursive: true })
})

const path = () => join(directory, 'log.jsonl')
const linesIn = (file: string) =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

test('what append resolved for is in the file, in order, whoever wrote at the same time', async () => {
  const { log } = await open()
  await Promise.all(Array.from({ length: 200 }, (_, nth) => log.append([{ nth }])))
  expect(linesIn(path())).toEqual(Array.from({ length: 200 }, (_, nth) => ({ nth })))
})

test('opening again hands over the lines, and drops one that a kill cut short', async () => {
  const first = await open()
  await first.log.append([{ nth: 1 }, { nth: 2 }])
  appendFileSync(path(), '{"nth":3,"text":"cut sho')
  const second = await open()
  expect(second.lines).toEqual([{ nth: 1 }, { nth: 2 }])
  await second.log.append([{ nth: 4 }])
  expect(linesIn(path())).toEqual([{ nth: 1 }, { nth: 2 }, { nth: 4 }])
})

test('replace leaves the snapshot and what came after it, also when writers are busy', async () => {
  const { log } = await open()
  const numbers: number[] = []
  const write = (nth: number) => {
    numbers.push(nth)
    return log.append([{ nth }])
  }
  const before = Array.from({ length: 50 }, (_, nth) => write(nth))
  const replaced = log.replace(() => [{ all: [...numbers] }])
  const after = Array.from({ length: 50 }, (_, nth) => write(50 + nth))
  await Promise.all([...before, replaced, ...after])
  const [snapshot, ...rest] = linesIn(path()) as [{ all: number[] }, ...{ nth: number }[]]
  expect([...snapshot.all, ...rest.map(({ nth }) => nth)]).toEqual(numbers)
})

test('rotate starts an empty file and keeps the full one beside it', async () => {
  const { log } = await open()
  await log.append([{ nth: 1 }])
  await log.rotate()
  await log.append([{ nth: 2 }])
  expect([linesIn(`${path()}.1`), linesIn(path())]).toEqual([[{ nth: 1 }], [{ nth: 2 }]])
  expect(log.sizeBytes).toBeLessThan(20)
})

test('without a path nothing is written and nobody waits', async () => {
  const { log, lines } = await AppendLog.open(undefined)
  await log.append([{ nth: 1 }])
  expect(lines).toEqual([])
})
