import { useCallback, useEffect, useRef, useState } from 'react'
import { ask } from '#app/live/ask.ts'
import { useLive } from '#app/live/hooks.ts'
import type { ListQuery } from '#app/live/types.ts'
import type { ConversationListItem, Page } from '#modules/conversations/types.ts'

/** Reads further pages of a list, one at a time. */
export function useMore(query: ListQuery, nextCursor: string | null): { state: 'idle' | 'loading' | 'failed'; more(): void } {
  const { store } = useLive()
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle')
  const running = useRef<AbortController | null>(null)
  const { view, status } = query
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list starts anew
  useEffect(() => {
    setState('idle')
    return () => {
      running.current?.abort()
      running.current = null
    }
  }, [view, status])
  const more = useCallback(async () => {
    if (nextCursor === null || running.current !== null) return
    const mine = new AbortController()
    running.current = mine
    setState('loading')
    const answer = await ask<Page<ConversationListItem>>(`/conversations?${new URLSearchParams({ view, status, cursor: nextCursor })}`, {
      signal: mine.signal,
    })
    if (mine.signal.aborted) return
    running.current = null
    if (answer.ok) store.appendList({ view, status }, answer.value)
    setState(answer.ok ? 'idle' : 'failed')
  }, [store, view, status, nextCursor])
  return { state, more: () => void more() }
}
