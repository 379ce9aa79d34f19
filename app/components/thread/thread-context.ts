import { createContext, useContext } from 'react'
import type { Capabilities } from '#channels/connector.ts'
import type { MessageView } from '#modules/messages/types.ts'
import type { Id } from '#platform/ids.ts'

/** What every part of one conversation's screen may need to know. */
export interface ThreadScreen {
  conversationId: Id<'conversation'>
  contactName: string
  /** What the channel can do; null when the conversation has none. */
  capabilities: Capabilities | null
  canSend: boolean
  replyTo: MessageView | null
  setReplyTo(message: MessageView | null): void
  /** Puts words back into the composer, where they can be changed. @returns false when there is none to put them in */
  takeBack(text: string): boolean
}

export const ThreadContext = createContext<ThreadScreen | null>(null)

export function useThreadScreen(): ThreadScreen {
  const screen = useContext(ThreadContext)
  if (screen === null) throw new Error('used outside a conversation')
  return screen
}
