import { createContext, useContext, useSyncExternalStore } from 'react'
import type { Format } from '#app/i18n/format.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import { systemClock } from '#platform/clock.ts'
import type { Id } from '#platform/ids.ts'
import type { ListRows } from './conversation-rows.ts'
import type { Live } from './live.ts'
import type { ThreadView } from './thread-rows.ts'
import type { Connection, ListQuery } from './types.ts'

export const LiveContext = createContext<Live | null>(null)
export const FormatContext = createContext<{ format: Format; serverNow: number } | null>(null)

function present<T>(value: T | null, what: string): T {
  if (value === null) throw new Error(`${what} is used outside its provider`)
  return value
}

export const useLive = (): Live => present(useContext(LiveContext), 'live')
export const useFormat = (): Format => present(useContext(FormatContext), 'format').format

/** Reads the store; `read` must give the same object until something in it changed. */
function useStore<T>(read: (live: Live) => T): T {
  const live = useLive()
  const snapshot = () => read(live)
  return useSyncExternalStore(live.store.subscribe, snapshot, snapshot)
}

export const useConversation = (id: Id<'conversation'>): ConversationListItem | undefined => useStore(({ store }) => store.conversation(id))
export const useList = (query: ListQuery): ListRows => useStore(({ store }) => store.list(query))
export const useThread = (id: Id<'conversation'>): ThreadView | undefined => useStore(({ store }) => store.thread(id))
export const useUnreadCount = (): number => useStore(({ store }) => store.unreadCount())

export function useConnection(): Connection {
  const { connection } = useLive()
  return useSyncExternalStore(connection.subscribe, connection.get, connection.get)
}

/** The time, again every quarter of a minute; during the first render the server's, so that both say the same words. */
export function useNow(): number {
  const { serverNow } = present(useContext(FormatContext), 'format')
  return useSyncExternalStore(watchTime, readTime, () => serverNow)
}

const TICK_MS = 15_000
let shownTime = 0
const timeWatchers = new Set<() => void>()
let ticking: ReturnType<typeof setInterval> | undefined

function readTime(): number {
  if (shownTime === 0) shownTime = systemClock.now().getTime()
  return shownTime
}

function watchTime(watcher: () => void): () => void {
  timeWatchers.add(watcher)
  ticking ??= setInterval(() => {
    shownTime = systemClock.now().getTime()
    for (const each of timeWatchers) each()
  }, TICK_MS)
  return () => {
    timeWatchers.delete(watcher)
    if (timeWatchers.size > 0) return
    clearInterval(ticking)
    ticking = undefined
  }
}
