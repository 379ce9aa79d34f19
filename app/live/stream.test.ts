import { expect, test, vi } from 'vitest'
import type { Frame } from '#modules/realtime/index.ts'
import { heldClock } from '#platform/clock.ts'
import { retryDelay, runStream } from './stream.ts'
import type { Connection } from './types.ts'

const frame = (seq: string): Frame => ({ seq, type: 'heartbeat' })
const bodyOf = (frames: Frame[]) => frames.map((each) => `id: ${each.seq}\ndata: ${JSON.stringify(each)}\n\n`).join('')

/** Runs a stream against a list of answers, one per connection, and stops after the last. */
async function runAgainst(answers: (() => Response | Promise<Response>)[]) {
  const stop = new AbortController()
  const seen = { cursors: [] as (string | null)[], frames: [] as string[], connections: [] as Connection['state'][], waits: [] as number[] }
  await runStream({
    open: async (cursor) => {
      seen.cursors.push(cursor)
      const answer = answers.shift()
      if (answer === undefined) {
        stop.abort()
        throw new Error('no more answers')
      }
      return answer()
    },
    cursor: 'loader',
    clock: heldClock(new Date(0)),
    isOnline: () => true,
    waitForRetry: async (ms) => void seen.waits.push(ms),
    onFrames: (frames) => seen.frames.push(...frames.map((each) => each.seq)),
    onConnection: (connection) => seen.connections.push(connection.state),
    signal: stop.signal,
  })
  return seen
}

test('after a lost connection the stream goes on from the last frame it saw', async () => {
  const seen = await runAgainst([() => new Response(bodyOf([frame('1'), frame('2')])), () => new Response(bodyOf([frame('3')]))])
  expect(seen.cursors).toEqual(['loader', '2', '3'])
  expect(seen.frames).toEqual(['1', '2', '3'])
  expect(seen.connections).toEqual(['connecting', 'online', 'waiting', 'online', 'waiting'])
})

test('waits grow while nothing answers and start anew once frames came', async () => {
  const down = () => Promise.reject(new Error('refused'))
  const seen = await runAgainst([down, down, down, () => new Response(bodyOf([frame('1')])), down])
  const [a = 0, b = 0, c = 0, d = 0] = seen.waits
  expect([a < b, b < c, d < b]).toEqual([true, true, true])
})

test('a server that is starting or draining is asked again, a session that ended is not', async () => {
  const seen = await runAgainst([() => new Response('starting', { status: 503 }), () => new Response('', { status: 401 })])
  expect(seen.connections).toEqual(['connecting', 'waiting', 'signed_out'])
  expect(seen.cursors).toHaveLength(2)
})

test('a connection that has fallen silent is given up', async () => {
  vi.useFakeTimers()
  try {
    const silent = () =>
      new Response(new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(': hi\n\n')) }))
    const running = runAgainst([() => silent()])
    await vi.advanceTimersByTimeAsync(60_000)
    expect((await running).connections).toEqual(['connecting', 'online', 'waiting'])
  } finally {
    vi.useRealTimers()
  }
})

test('nobody waits longer than half a minute and a fifth', () => {
  expect(Math.max(...Array.from({ length: 40 }, (_, failures) => retryDelay(failures)))).toBeLessThanOrEqual(36_000)
})
