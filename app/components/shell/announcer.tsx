import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePreview } from '#app/components/conversations/preview.ts'
import { useLive } from '#app/live/hooks.ts'
import type { MessageView } from '#modules/messages/types.ts'

/** How long arrivals are collected, so that a screen reader is not drowned in them. */
const COLLECT_MS = 1_500

/** Reads new messages out, politely: one with its words, several as a number. */
export function Announcer() {
  const { t } = useTranslation(['shell', 'inbox'])
  const previewOf = usePreview()
  const { store } = useLive()
  const [words, setWords] = useState('')
  useEffect(() => {
    let waiting: MessageView[] = []
    let timer: ReturnType<typeof setTimeout> | undefined
    const speak = () => {
      const [only] = waiting
      if (waiting.length > 1 || only === undefined) setWords(t('announce.messages', { count: waiting.length }))
      else setWords(t('announce.message', { name: only.author.name ?? t('inbox:nameless'), preview: previewOf(only) }))
      waiting = []
      timer = undefined
    }
    const stop = store.onArrival((message) => {
      waiting.push(message)
      timer ??= setTimeout(speak, COLLECT_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [store, t, previewOf])
  return (
    <p className="sr-only" role="status" aria-live="polite">
      {words}
    </p>
  )
}
