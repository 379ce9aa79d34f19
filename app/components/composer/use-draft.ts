import { useEffect, useState } from 'react'
import type { Id } from '#platform/ids.ts'

const keyOf = (conversationId: Id<'conversation'>) => `weft.draft.${conversationId}`

/** What is being written, kept in this browser per conversation until it is sent, so that no move loses a word. */
export function useDraft(conversationId: Id<'conversation'>): [string, (text: string) => void] {
  const [text, setText] = useState('')
  // After the first render, since the server knows no drafts.
  useEffect(() => setText(read(keyOf(conversationId))), [conversationId])
  return [
    text,
    (next) => {
      setText(next)
      write(keyOf(conversationId), next)
    },
  ]
}

/** The storage may be full or closed to us; the text then lives as long as the page. */
function read(key: string): string {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

function write(key: string, text: string): void {
  try {
    if (text === '') localStorage.removeItem(key)
    else localStorage.setItem(key, text)
  } catch {
    // See above.
  }
}
