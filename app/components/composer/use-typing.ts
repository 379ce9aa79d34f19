import { useCallback, useRef } from 'react'
import { ask } from '#app/live/ask.ts'
import { systemClock } from '#platform/clock.ts'
import type { Id } from '#platform/ids.ts'

/** Providers show a typing mark for some 25 seconds; said again a little before that. */
const AGAIN_MS = 20_000

/** @returns to be called at each change: tells the customer, now and then, that an answer is being written */
export function useTyping(conversationId: Id<'conversation'>, isSupported: boolean): () => void {
  const saidAt = useRef(0)
  return useCallback(() => {
    const now = systemClock.now().getTime()
    if (!isSupported || now - saidAt.current < AGAIN_MS) return
    saidAt.current = now
    void ask(`/conversations/${conversationId}/typing`, { method: 'POST', body: {} })
  }, [conversationId, isSupported])
}
