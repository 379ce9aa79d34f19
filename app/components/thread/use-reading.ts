import { useEffect } from 'react'
import { ask } from '#app/live/ask.ts'
import { useConversation, useLive } from '#app/live/hooks.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Id } from '#platform/ids.ts'

/**
 * Counts messages as read while their end is before the reader's eyes: the page is in front and scrolled down. What was seen
 * is also what a reply may build on.
 */
export function useReading(conversationId: Id<'conversation'>, messages: readonly MessageView[], isAtEnd: boolean): void {
  const { store, outbox } = useLive()
  const row = useConversation(conversationId)
  const lastSequence = messages.reduce((most, message) => Math.max(most, message.sequence), 0)
  const unread = row?.unreadCount ?? 0
  useEffect(() => {
    const read = () => {
      if (!isAtEnd || document.visibilityState !== 'visible' || lastSequence === 0) return
      outbox.saw(conversationId, lastSequence)
      if (unread === 0 || !store.markRead(conversationId, lastSequence)) return
      void ask(`/conversations/${conversationId}/read`, { method: 'POST', body: { lastSequenceSeen: lastSequence } })
    }
    read()
    document.addEventListener('visibilitychange', read)
    return () => document.removeEventListener('visibilitychange', read)
  }, [conversationId, isAtEnd, lastSequence, unread, store, outbox])
}
