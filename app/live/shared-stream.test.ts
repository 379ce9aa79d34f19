import { afterEach, expect, test, vi } from 'vitest'
import type { Frame } from '#modules/realtime/index.ts'
import { heldClock } from '#platform/clock.ts'
import { SharedStream, type SharedStreamOptions } from './shared-stream.ts'

const NAME = 'weft-events'
const clock = heldClock(new Date(1_000_000))
const frame = (seq: string): Frame => ({ seq, type: 'removed', conversationId: `cnv_${seq}` })
const open: { close(): void }[] = []
afterEach(() => {
  for (const each of open.splice(0)) each.close()
})

/** The browser's lock manager for one lock: first come, first served; `steal` takes it from its holder. */
function aLockManager(): Pick<LockManager, 'request'> {
  const queue: { run(): Promise<unknown>; done(): void; fail(error: Error): void }[] = []
  let holder: (typeof queue)[number] | undefined
  const next = () => {
    holder = queue.shift()
    const mine = holder
    void mine?.run().then(() => {
      if (holder !== mine) return
      mine.done()
      next()
    })
  }
  const request = (_name: string, options: LockOptions, work: () => Promise<unknown>) =>
    new Promise((resolve, reject) => {
      const entry = { run: work, done: () => resolve(undefined), fail: reject }
      options.signal?.addEventListener('abort', () => {
        if (queue.includes(entry)) queue.splice(queue.indexOf(entry), 1)
      })
      if (options.steal && holder) {
        holder.fail(new Error('stolen'))
        queue.unshift(entry)
        next()
      } else {
        queue.push(entry)
        if (holder === undefined) next()
      }
    })
  return { request } as unknown as Pick<LockManager, 'request'>
}

/** A server whose streams stay open; `emit` sends to whoever is connected. */
function aServer() {
  const connected: { cursor: string | null; controller: ReadableStreamDefaultController<Uint8Array> }[] = []
  return {
    connected,
    open: async (cursor: string | null, signal: AbortSignal) => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const entry = { cursor, controller }
          connected.push(entry)
          signal.addEventListener('abort', () => {
            connected.splice(connected.indexOf(entry), 1)
            controller.error(new Error('aborted'))
          })
        },
      })
      return new Response(body)
    },
    emit(seq: string) {
      const bytes = new TextEncoder().encode(`id: ${seq}\ndata: ${JSON.stringify(frame(seq))}\n\n`)
      for (const { controller } of connected) controller.enqueue(bytes)
    },
  }
}

function aTab(
  tab: string,
  server: ReturnType<typeof aServer>,
  locks: SharedStreamOptions['locks'],
  given: Partial<SharedStreamOptions> = {},
) {
  const channel = new BroadcastChannel(`${NAME}-${expect.getState().currentTestName}`)
  const seen = { frames: [] as string[], gaps: 0, connection: '' }
  const stream = new SharedStream({
    name: NAME,
    tab,
    readSince: clock.now().getTime(),
    cursor: `page-${tab}`,
    clock,
    locks,
    channel,
    isOnline: () => true,
    waitForRetry: async () => undefined,
    open: server.open,
    onFrames: (frames) => seen.frames.push(...frames.map((each) => each.seq)),
    onConnection: (connection) => {
      seen.connection = connection.state
    },
    onGap: () => {
      seen.gaps++
    },
    ...given,
  })
  const close = () => {
    stream.stop()
    channel.close()
  }
  open.push({ close })
  stream.start()
  return { seen, close }
}
const until = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 })

test('tabs share one stream, and each sees every frame once', async () => {
  const [server, locks] = [aServer(), aLockManager()]
  const a = aTab('a', server, locks)
  await until(() => expect(a.seen.connection).toBe('online'))
  const b = aTab('b', server, locks)
  await until(() => expect(b.seen.connection).toBe('online'))
  server.emit('1')
  await until(() => expect(b.seen.frames).toEqual(['1']))
  expect(a.seen.frames).toEqual(['1'])
  expect(server.connected).toHaveLength(1)
})

test('a tab gets what came between reading its page and joining', async () => {
  const [server, locks] = [aServer(), aLockManager()]
  const a = aTab('a', server, locks)
  await until(() => expect(a.seen.connection).toBe('online'))
  const pageRead = clock.now().getTime()
  clock.advance(50)
  server.emit('1')
  await until(() => expect(a.seen.frames).toEqual(['1']))
  const b = aTab('b', server, locks, { readSince: pageRead })
  await until(() => expect(b.seen.frames).toEqual(['1']))
  expect(b.seen.gaps).toBe(0)
})

test('a tab whose page is older than anybody remembers reads it again', async () => {
  const [server, locks] = [aServer(), aLockManager()]
  aTab('a', server, locks)
  await until(() => expect(server.connected).toHaveLength(1))
  const b = aTab('b', server, locks, { readSince: clock.now().getTime() - 60_000 })
  await until(() => expect(b.seen.gaps).toBe(1))
})

test('when the leading tab closes another goes on from the last frame it saw', async () => {
  const [server, locks] = [aServer(), aLockManager()]
  const a = aTab('a', server, locks)
  await until(() => expect(a.seen.connection).toBe('online'))
  const b = aTab('b', server, locks)
  await until(() => expect(b.seen.connection).toBe('online'))
  server.emit('7')
  await until(() => expect(b.seen.frames).toEqual(['7']))
  a.close()
  await until(() => expect(server.connected.map((each) => each.cursor)).toEqual(['7']))
  server.emit('8')
  await until(() => expect(b.seen.frames).toEqual(['7', '8']))
})

test('a leading tab that was put to sleep is replaced, and nothing is missed', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  try {
    const [server, locks] = [aServer(), aLockManager()]
    const a = aTab('a', server, locks)
    await until(() => expect(a.seen.connection).toBe('online'))
    const b = aTab('b', server, locks)
    await until(() => expect(b.seen.connection).toBe('online'))
    server.emit('1')
    await until(() => expect(b.seen.frames).toEqual(['1']))
    clock.advance(60_000)
    vi.advanceTimersByTime(2_000)
    await until(() => expect(server.connected.map((each) => each.cursor)).toEqual(['1']))
    server.emit('2')
    await until(() =>
      expect([a.seen.frames, b.seen.frames]).toEqual([
        ['1', '2'],
        ['1', '2'],
      ]),
    )
  } finally {
    vi.useRealTimers()
  }
})

test('without locks every tab has a stream of its own', async () => {
  const server = aServer()
  const a = aTab('a', server, null)
  const b = aTab('b', server, null)
  await until(() => expect(server.connected.map((each) => each.cursor)).toEqual(['page-a', 'page-b']))
  server.emit('1')
  await until(() => expect([a.seen.frames, b.seen.frames]).toEqual([['1'], ['1']]))
})
