import { useEffect, useState } from 'react'
import { ask } from '#app/live/ask.ts'
import type { TemplateView } from '#modules/templates/types.ts'
import type { Id } from '#platform/ids.ts'

export type Templates = { state: 'loading' } | { state: 'failed' } | { state: 'here'; templates: TemplateView[] }

/** The channel account's templates, read when they are needed; `again` after a failure. */
export function useTemplates(channelAccountId: Id<'channelAccount'>): Templates & { again(): void } {
  const [templates, setTemplates] = useState<Templates>({ state: 'loading' })
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another reading
  useEffect(() => {
    const leave = new AbortController()
    setTemplates({ state: 'loading' })
    void ask<TemplateView[]>(`/channels/${channelAccountId}/templates`, { signal: leave.signal }).then((answer) => {
      if (leave.signal.aborted) return
      setTemplates(answer.ok ? { state: 'here', templates: answer.value } : { state: 'failed' })
    })
    return () => leave.abort()
  }, [channelAccountId, tries])
  return { ...templates, again: () => setTries((count) => count + 1) }
}
