import { expect, test, vi } from 'vitest'
import { monotonicMs } from '../clock.ts'
import { GroupCommit, type GroupCommitOptions, within } from './group-commit.ts'
import { BusUnavailable } from './port.ts'

/** A commit of strings whose writes are seen, and held until released. */
function aCommit(options: Partial<GroupCommitOptions<string>> = {}) {
  const written: string[][] = []
  const commit = new GroupCommit<string>({
    lingerMs: 1,
    maxEntries: 100,
    maxBytes: 1_000,
    maxBufferedBytes: 10_000,
    deadlineMs: 2_000,
    sizeOf: (entry) => entry.length,
    onFailure: () => undefined,
    ...options,
    write: async (entries) => {
      await options.write?.(entries)
      written.push([...entries])
    },
  })
  return { commit, written }
}

function aGate() {
  let open = () => {}
  const passed = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), passed }
}

test('calls made at once are written together, in their order', async () => {
  const { commit, written } = aCommit()
  await Promise.all([commit.add(['a', 'b']), commit.add(['c']), commit.add(['d'])])
  expect(written).toEqual([['a', 'b', 'c', 'd']])
})

test('one write at a time: what arrives meanwhile goes together into the next', async () => {
  const gate = aGate()
  const write = vi.fn(() => gate.passed)
  const { commit, written } = aCommit({ write })
  const first = commit.add(['a'])
  await vi.waitFor(() => expect(write).toHaveBeenCalledTimes(1))
  const rest = ['b', 'c', 'd'].map((entry) => commit.add([entry]))
  expect(written).toEqual([])
  gate.open()
  await Promise.all([first, ...rest])
  expect(written).toEqual([['a'], ['b', 'c', 'd']])
})

test('a write is limited in entries and bytes, and a call may span several', async () => {
  const byCount = aCommit({ maxEntries: 2 })
  await byCount.commit.add(['a', 'b', 'c', 'd', 'e'])
  expect(byCount.written).toEqual([['a', 'b'], ['c', 'd'], ['e']])
  const byBytes = aCommit({ maxBytes: 5 })
  await byBytes.commit.add(['aa', 'bb', 'cc', 'longer than all', 'd'])
  expect(byBytes.written).toEqual([['aa', 'bb'], ['cc'], ['longer than all'], ['d']])
})

test('a failed write is repeated whole and in order until it succeeds', async () => {
  let failures = 3
  const onFailure = vi.fn()
  const attempts: string[][] = []
  const { commit, written } = aCommit({
    onFailure,
    write: async (entries) => {
      attempts.push([...entries])
      if (failures-- > 0) throw new Error('not now')
    },
  })
  await commit.add(['a', 'b'])
  expect(attempts).toEqual(Array(4).fill(['a', 'b']))
  expect(written).toEqual([['a', 'b']])
  expect(onFailure).toHaveBeenCalledTimes(3)
})

test('at its deadline a call is refused with the reason, and those behind it are not held up', async () => {
  let isDown = true
  const { commit, written } = aCommit({
    deadlineMs: 150,
    write: async () => {
      if (isDown) throw new Error('disk on fire')
    },
  })
  const started = monotonicMs()
  const refusal = await commit.add(['a']).catch((error: Error) => error)
  expect(refusal).toBeInstanceOf(BusUnavailable)
  expect((refusal as Error).message).toContain('disk on fire')
  expect(monotonicMs() - started).toBeLessThan(1_000)
  isDown = false
  await commit.add(['b'])
  expect(written).toEqual([['b']])
})

test('a full buffer refuses at once and takes calls again when it has emptied', async () => {
  const gate = aGate()
  const { commit } = aCommit({ maxBufferedBytes: 5, write: () => gate.passed })
  const first = commit.add(['aaaa'])
  await expect(commit.add(['bbbb'])).rejects.toThrow(BusUnavailable)
  gate.open()
  await first
  await vi.waitFor(() => commit.add(['cccc']))
})

test('closing answers what was accepted and refuses the rest', async () => {
  const { commit, written } = aCommit()
  const accepted = commit.add(['a'])
  const closing = commit.close()
  await expect(commit.add(['b'])).rejects.toThrow(BusUnavailable)
  await Promise.all([accepted, closing])
  expect(written).toEqual([['a']])
})

test('within gives up waiting, and passes on what came in time', async () => {
  await expect(within(20, 'the broker', new Promise(() => undefined))).rejects.toThrow('the broker did not answer')
  expect(await within(1_000, 'the broker', Promise.resolve(7))).toBe(7)
})
