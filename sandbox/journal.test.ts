import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { heldClock } from '#platform/clock.ts'
import { Journal, type JournalFact } from './journal.ts'

const clock = heldClock(new Date('2026-11-20T10:00:00Z'))
const fact = (wamid: string): JournalFact => ({ kind: 'mark.read', wamid, phoneNumberId: '1', typing: false })

test('entries are numbered without a gap and read from any point', async () => {
  const journal = await Journal.open({ dataDir: undefined, clock, kept: 100 })
  await Promise.all([journal.append(fact('a'), fact('b')), journal.append(fact('c'))])
  expect(journal.read(1, 10).entries.map(({ seq, at }) => [seq, at])).toEqual([
    [2, '2026-11-20T10:00:00.000Z'],
    [3, '2026-11-20T10:00:00.000Z'],
  ])
  expect(journal.read(3, 10)).toEqual({ entries: [], next: 3, oldest: 1 })
})

test('a reader who comes too late sees where the memory begins', async () => {
  const journal = await Journal.open({ dataDir: undefined, clock, kept: 10 })
  for (let nth = 0; nth < 30; nth++) await journal.append(fact(String(nth)))
  const { entries, oldest } = journal.read(0, 1_000)
  expect(oldest).toBeGreaterThan(1)
  expect(entries[0]?.seq).toBe(oldest)
  expect(entries.at(-1)?.seq).toBe(30)
})

test('the sequence goes on after a restart', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'journal-'))
  const first = await Journal.open({ dataDir, clock, kept: 100 })
  await first.append(fact('a'), fact('b'))
  const second = await Journal.open({ dataDir, clock, kept: 100 })
  await second.append(fact('c'))
  expect(second.read(0, 10).entries.map(({ seq }) => seq)).toEqual([1, 2, 3])
  await Promise.all([first.close(), second.close()])
  rmSync(dataDir, { recursive: true })
})
