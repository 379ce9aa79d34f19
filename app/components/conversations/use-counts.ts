import { useEffect, useState } from 'react'
import { ask } from '#app/live/ask.ts'
import { useLive } from '#app/live/hooks.ts'
import type { ConversationCounts } from '#modules/conversations/types.ts'

/** Counters may lag behind the rows by this much; they are counted anew, never guessed. */
const LAG_MS = 4_000

/** The counters of the tabs: the loader's, then counted again some seconds after rows changed. */
export function useCounts(loaded: ConversationCounts): ConversationCounts {
  const { store } = useLive()
  const [counted, setCounted] = useState<{ after: ConversationCounts; counts: ConversationCounts } | null>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const count = async () => {
      const answer = await ask<ConversationCounts>('/conversations/counts')
      timer = undefined
      if (answer.ok) setCounted({ after: loaded, counts: answer.value })
    }
    const stop = store.onRowsChanged(() => {
      if (document.visibilityState === 'visible') timer ??= setTimeout(() => void count(), LAG_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [store, loaded])
  return counted?.after === loaded ? counted.counts : loaded
}
