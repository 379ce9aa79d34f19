import { describe, expect, test } from 'vitest'
import type { Bus, Outcome } from '#platform/bus/port.ts'
import { pause } from '#platform/clock.ts'
import {
  aTopic,
  type BusUnderTest,
  busBench,
  eventually,
  firstTimes,
  keyForEachPartition,
  numbered,
  readJournal,
  upTo,
} from './bus-harness.ts'

/** What holds when consumers are processes that die, freeze and come back; real ones, ended by real signals. */
export function busProcessContract(subject: BusUnderTest): void {
  const { open, spawnConsumer } = busBench(subject)
  const aliveBy = async (journal: string, publish: () => Promise<void>, pids: number) => {
    await eventually(async () => {
      await publish()
      expect(new Set(readJournal(journal).map(({ pid }) => pid)).size).toBe(pids)
    }, 60_000)
  }

  describe('processes', () => {
    test('two processes share the partitions of a group fairly', async () => {
      const topic = aTopic(6)
      const bus = await open([topic])
      const keys = keyForEachPartition(topic)
      const first = await spawnConsumer(topic, 'shared')
      await spawnConsumer(topic, 'shared', { journal: first.journal })
      let n = 0

      await eventually(async () => {
        const round = ++n
        await bus.publish(numbered(topic, keys, 1, round))
        await eventually(() => expect(done(first.journal).filter((one) => one.n === round)).toHaveLength(6))
        const shares = new Map<number, number>()
        for (const { pid } of done(first.journal).filter((one) => one.n === round)) shares.set(pid, (shares.get(pid) ?? 0) + 1)
        expect([...shares.values()]).toEqual([3, 3])
      }, 60_000)
    })

    test('a consumer killed with work in its hands loses none of it', async () => {
      const topic = aTopic(4, ['killed'])
      const bus = await open([topic])
      const keys = keyForEachPartition(topic)
      const victim = await spawnConsumer(topic, 'killed', { delayMs: 150, maxBatch: 10 })
      await aliveBy(victim.journal, () => bus.publish(numbered(topic, ['start'], 1, 0)), 1)
      await spawnConsumer(topic, 'killed', { delayMs: 5, maxBatch: 10, journal: victim.journal })
      await bus.publish(numbered(topic, keys, 40))

      await eventually(() => {
        const seen = readJournal(victim.journal).filter(({ pid, n }) => pid === victim.pid && n > 0)
        const open = seen.filter(({ phase }) => phase === 'seen').length - seen.filter(({ phase }) => phase === 'done').length
        expect(open).toBeGreaterThan(0)
      })
      victim.handle.kill('SIGKILL')

      await eventually(() => {
        for (const key of keys) expect(new Set(firstTimes(done(victim.journal), key)).size).toBe(40)
      }, 60_000)
      for (const key of keys) expect(firstTimes(done(victim.journal), key)).toEqual(upTo(40))
      await eventually(async () => expect(await lagOf(bus, 'killed')).toBe(0))
    })

    test('a process frozen past its lease cannot move the cursor when it wakes: what it held is handled again', async () => {
      const topic = aTopic(1, ['frozen'])
      const bus = await open([topic])
      const frozen = await spawnConsumer(topic, 'frozen', { delayMs: 1_000, maxBatch: 1 })
      await bus.publish(numbered(topic, ['k'], 1))
      await eventually(() => expect(readJournal(frozen.journal)).toHaveLength(1), 60_000)
      frozen.handle.kill('SIGSTOP')
      let mayFinish = false
      let calls = 0
      const handledHere: number[] = []
      await bus.subscribe({
        topic: topic.name,
        group: 'frozen',
        maxBatch: 1,
        handle: async (messages): Promise<Outcome[]> => {
          calls++
          if (!mayFinish) throw new Error('not yet')
          for (const { value } of messages) handledHere.push((value as { n: number }).n)
          return messages.map(() => ({ kind: 'done' }))
        },
      })
      await eventually(() => expect(calls).toBeGreaterThan(0), 60_000)

      frozen.handle.kill('SIGCONT')
      await eventually(() => expect(done(frozen.journal)).toHaveLength(1))
      // Its late `done` has been refused once others are still given the message, or it is given the message itself once more.
      const callsBefore = calls
      await eventually(() => expect(calls > callsBefore + 2 || readJournal(frozen.journal).length > 2).toBe(true))
      mayFinish = true

      await eventually(() => expect(done(frozen.journal).length + handledHere.length).toBeGreaterThanOrEqual(2), 60_000)
      await bus.publish(numbered(topic, ['k'], 3, 2))
      await eventually(async () => {
        const all = [...done(frozen.journal).map(({ n }) => n), ...handledHere]
        expect(new Set(all)).toEqual(new Set([1, 2, 3, 4]))
        expect(await lagOf(bus, 'frozen')).toBe(0)
      }, 60_000)
    })

    test('through kills, freezes and newcomers every message is handled, each key in order', async () => {
      const topic = aTopic(6)
      const bus = await open([topic])
      const keys = upTo(12).map((n) => `line-${n}`)
      const first = await spawnConsumer(topic, 'storm', { delayMs: 20, maxBatch: 5 })
      await aliveBy(first.journal, () => bus.publish(numbered(topic, ['start'], 1, 0)), 1)
      const second = await spawnConsumer(topic, 'storm', { delayMs: 20, maxBatch: 5, journal: first.journal })
      const publishing = (async () => {
        for (const n of upTo(80)) {
          await bus.publish(numbered(topic, keys, 1, n))
          await pause(20)
        }
      })()
      const progress = (count: number) => eventually(() => expect(done(first.journal).length).toBeGreaterThan(count), 60_000)

      await progress(60)
      first.handle.kill('SIGKILL')
      const third = await spawnConsumer(topic, 'storm', { delayMs: 20, maxBatch: 5, journal: first.journal })
      await progress(200)
      second.handle.kill('SIGSTOP')
      await pause(subject.takeoverMs + 500)
      second.handle.kill('SIGCONT')
      await progress(400)
      third.handle.kill('SIGTERM')
      await publishing

      await eventually(() => {
        for (const key of keys) expect(firstTimes(done(first.journal), key)).toHaveLength(80)
      }, 90_000)
      for (const key of keys) expect(firstTimes(done(first.journal), key)).toEqual(upTo(80))
    }, 180_000)
  })
}

const done = (journal: string) => readJournal(journal).filter(({ phase }) => phase === 'done')

async function lagOf(bus: Bus, group: string): Promise<number | undefined> {
  return (await bus.lag()).find((one) => one.group === group)?.messages
}
