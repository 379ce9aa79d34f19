import { type RefObject, useCallback, useEffect, useRef, useState } from 'react'
import { ask } from '#app/live/ask.ts'
import { useLive } from '#app/live/hooks.ts'
import type { Page } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Id } from '#platform/ids.ts'

/** Reads older messages when the reader comes near the top, one page at a time. */
export function useOlder(conversationId: Id<'conversation'>, cursor: string | null, top: RefObject<HTMLElement>) {
  const { store } = useLive()
  const [state, setState] = useState<'idle' | 'loading' | 'failed'>('idle')
  const isRunning = useRef(false)
  const load = useCallback(async () => {
    if (cursor === null || isRunning.current) return
    isRunning.current = true
    setState('loading')
    const answer = await ask<Page<MessageView>>(`/conversations/${conversationId}/messages?${new URLSearchParams({ cursor })}`)
    isRunning.current = false
    if (answer.ok) store.appendThread(conversationId, answer.value)
    setState(answer.ok ? 'idle' : 'failed')
  }, [conversationId, cursor, store])
  useEffect(() => {
    const element = top.current
    if (element === null || cursor === null || state === 'failed') return
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && void load(), { rootMargin: '600px 0px 0px 0px' })
    observer.observe(element)
    return () => observer.disconnect()
  }, [top, cursor, state, load])
  return { state, load: () => void load() }
}
