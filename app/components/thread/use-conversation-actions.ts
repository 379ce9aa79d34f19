import { useState } from 'react'
import type { Refusal } from '#app/live/ask.ts'
import { type Change, changeConversation } from '#app/live/change-conversation.ts'
import { useLive } from '#app/live/hooks.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { Id } from '#platform/ids.ts'

/** What an agent does to the open conversation, and why the last of it did not happen. */
export function useConversationActions(conversationId: Id<'conversation'>) {
  const { store } = useLive()
  const [refusal, setRefusal] = useState<Refusal | null>(null)
  const change = (what: Change) => {
    setRefusal(null)
    void changeConversation(store, conversationId, what).then(setRefusal)
  }
  return {
    refusal,
    forgetRefusal: () => setRefusal(null),
    assign: (assignee: ConversationListItem['assignee']) => change({ verb: 'assign', assignee }),
    resolve: () => change({ verb: 'resolve' }),
    reopen: () => change({ verb: 'reopen' }),
  }
}
export type ConversationActions = ReturnType<typeof useConversationActions>
