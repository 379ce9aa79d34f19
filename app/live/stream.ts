import type { Frame } from '#modules/realtime/index.ts'
import type { Clock } from '#platform/clock.ts'
import { LIMITS } from '#platform/limits.ts'
import { createEventReader } from './event-stream.ts'
import type { Connection } from './types.ts'

export interface StreamOptions {
  /** The server's `GET /events`. */
  open(cursor: string | null, signal: AbortSignal): Promise<Response>
  /** Where to go on from: what the page's loader read, or the last frame seen. */
  cursor: string | null
  clock: Clock
  isOnline(): boolean
  /** Resolves after `ms`, or sooner when the browser says that the network is back. */
  waitForRetry(ms: number, signal: AbortSignal): Promise<void>
  onFrames(frames: Frame[]): void
  onConnection(connection: Connection): void
  signal: AbortSignal
}

/** Nothing heard for this long, heartbeats included, and the connection is taken for dead. */
const SILENCE_MS = LIMITS.sseHeartbeatMs * 2.5
const RETRY_MS = { first: 500, most: 30_000 }

/**
 * Keeps one event stream open until `signal` aborts or the session ends: reconnects with growing, jittered delays and goes
 * on from the last frame seen, so that nothing is missed and what comes twice is harmless.
 */
export async function runStream(options: StreamOptions): Promise<void> {
  const { signal, clock, onConnection } = options
  let cursor = options.cursor
  let failures = 0
  onConnection({ state: 'connecting' })
  while (!signal.aborted) {
    const outcome = await readOnce(options, cursor, (frames) => {
      failures = 0
      cursor = frames.at(-1)?.seq ?? cursor
      options.onFrames(frames)
    })
    if (signal.aborted) return
    if (outcome === 'signed_out') return onConnection({ state: 'signed_out' })
    const delay = retryDelay(failures++)
    onConnection(options.isOnline() ? { state: 'waiting', retryAt: clock.now().getTime() + delay } : { state: 'offline' })
    await options.waitForRetry(delay, signal)
  }
}

/** Doubling up to half a minute, each a fifth longer or shorter, so that a thousand screens do not come back at once. */
export function retryDelay(failures: number, random = Math.random()): number {
  return Math.min(RETRY_MS.most, RETRY_MS.first * 2 ** failures) * (0.8 + random * 0.4)
}

async function readOnce(
  options: StreamOptions,
  cursor: string | null,
  onFrames: (frames: Frame[]) => void,
): Promise<'signed_out' | 'lost'> {
  const attempt = new AbortController()
  const abort = () => attempt.abort()
  options.signal.addEventListener('abort', abort)
  let watchdog = setTimeout(abort, SILENCE_MS)
  try {
    const response = await options.open(cursor, attempt.signal)
    if (response.status === 401) return 'signed_out'
    if (!response.ok || response.body === null) return 'lost'
    options.onConnection({ state: 'online' })
    const read = createEventReader()
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
    attempt.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined))
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      clearTimeout(watchdog)
      watchdog = setTimeout(abort, SILENCE_MS)
      const frames = read(piece.value).map((event) => JSON.parse(event.data) as Frame)
      if (frames.length > 0) onFrames(frames)
    }
    return 'lost'
  } catch {
    return 'lost'
  } finally {
    clearTimeout(watchdog)
    attempt.abort()
    options.signal.removeEventListener('abort', abort)
  }
}
