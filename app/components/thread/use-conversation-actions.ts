import { useState } from 'react'
import { ask, type Refusal } from '#app/live/ask.ts'
import type { Intent } from '#app/live/conversation-rows.ts'
import { useLive } from '#app/live/hooks.ts'
import type { ChangedConversation, ConversationListItem } from '#modules/conversations/types.ts'
import type { Id } from '#platform/ids.ts'

/** What an agent does to a conversation; it shows at once, and goes back with a reason if the server says no. */
export function useConversationActions(conversationId: Id<'conversation'>) {
  const { store } = useLive()
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const change = async (verb: 'assign' | 'resolve' | 'reopen', intent: Intent, body: unknown) => {
    setRefusal(null)
    store.intend(conversationId, intent)
    const answer = await ask<ChangedConversation>(`/conversations/${conversationId}/${verb}`, { method: 'POST', body })
    if (answer.ok && answer.value.row === null) store.remove(conversationId)
    else if (answer.ok) store.take({ conversation: answer.value.row })
    store.withdraw(conversationId)
    if (!answer.ok) setRefusal(answer)
  }
  return {
    refusal,
    forgetRefusal: () => setRefusal(null),
    assign: (assignee: ConversationListItem['assignee']) => void change('assign', { assignee }, { assigneeId: assignee?.id ?? null }),
    resolve: () => void change('resolve', { status: 'resolved' }, {}),
    reopen: () => void change('reopen', { status: 'open' }, {}),
  }
}
export type ConversationActions = ReturnType<typeof useConversationActions>
