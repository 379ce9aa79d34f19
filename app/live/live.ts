import { systemClock } from '#platform/clock.ts'
import { type Id, newId } from '#platform/ids.ts'
import { Outbox } from './outbox.ts'
import { SharedStream } from './shared-stream.ts'
import { Signal } from './signal.ts'
import { LiveStore } from './store.ts'
import type { Connection } from './types.ts'

/** How long frames are collected before screens are told: two frames of a slow display. */
const ANNOUNCE_AFTER_MS = 32

/** Everything of a page that changes by itself; made once per page and never shared between people. */
export interface Live {
  store: LiveStore
  outbox: Outbox
  connection: Signal<Connection>
  /** Set by `connect`: tries again at once instead of waiting. */
  reconnect: Signal<() => void>
}

export function createLive(memberId: Id<'member'>): Live {
  const store = new LiveStore({ memberId, schedule: (run) => setTimeout(run, ANNOUNCE_AFTER_MS) })
  return {
    store,
    outbox: new Outbox({ store, clock: systemClock }),
    connection: new Signal<Connection>({ state: 'connecting' }),
    reconnect: new Signal(() => {}),
  }
}

/**
 * Joins this page to the browser's event stream.
 * @param cursor the log's position that the page's loader read
 * @param onReset the known rows are doubtful: read the visible pages again, then `store.settle()`
 * @returns how to leave
 */
export function connect(live: Live, options: { cursor: string | null; onReset(): void }): () => void {
  const name = `weft-events-${live.store.memberId}`
  const wake = new EventTarget()
  let network = new AbortController()
  const wakeUp = () => wake.dispatchEvent(new Event('wake'))
  const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel(name) : null
  const stream = new SharedStream({
    name,
    tab: newId('event'),
    cursor: options.cursor,
    readSince: performance.timeOrigin,
    clock: systemClock,
    // Absent on plain http other than localhost.
    locks: 'locks' in navigator ? navigator.locks : null,
    channel,
    isOnline: () => navigator.onLine,
    open: (cursor, signal) => {
      const headers = { accept: 'text/event-stream', ...(cursor === null ? {} : { 'last-event-id': cursor }) }
      return fetch('/events', { headers, signal: AbortSignal.any([signal, network.signal]) })
    },
    waitForRetry: (ms, signal) => waitFor(wake, ms, signal),
    onFrames: (frames) => {
      if (live.store.apply(frames)) options.onReset()
    },
    onConnection: live.connection.set,
    onGap: () => {
      live.store.suspect()
      options.onReset()
    },
  })
  // Browsers may keep a connection that goes nowhere for minutes; theirs is the better word.
  const goOffline = () => {
    network.abort()
    network = new AbortController()
  }
  window.addEventListener('online', wakeUp)
  window.addEventListener('offline', goOffline)
  live.reconnect.set(wakeUp)
  stream.start()
  return () => {
    window.removeEventListener('online', wakeUp)
    window.removeEventListener('offline', goOffline)
    stream.stop()
    channel?.close()
  }
}

/** Offline there is nothing to try, so only the network's return, a person or the end of the page ends the wait. */
function waitFor(wake: EventTarget, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = navigator.onLine ? setTimeout(done, ms) : undefined
    function done() {
      clearTimeout(timer)
      wake.removeEventListener('wake', done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    wake.addEventListener('wake', done)
    signal.addEventListener('abort', done)
  })
}
