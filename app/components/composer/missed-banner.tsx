import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive, useThread } from '#app/live/hooks.ts'
import { usePreview } from '../conversations/preview.ts'
import { scrollToMessage } from '../thread/scroll-to-message.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { useAuthorName } from '../thread/use-author-name.ts'
import { Button } from '../ui/button.tsx'

/** Somebody wrote while the agent was typing: shows what, and asks whether the reply still fits. */
export function MissedBanner() {
  const { conversationId } = useThreadScreen()
  const pending = useThread(conversationId)?.pending.find((entry) => entry.reason === 'missed_messages')
  return pending ? <Banner key={pending.view.id} pending={pending} /> : null
}

type Pending = NonNullable<ReturnType<typeof useThread>>['pending'][number]

function Banner({ pending }: { pending: Pending }) {
  const { takeBack } = useThreadScreen()
  const { t } = useTranslation('composer')
  const previewOf = usePreview()
  const { outbox } = useLive()
  const { conversationId, id } = pending.view
  const last = pending.missed.at(-1)
  const name = useAuthorName(last ?? pending.view)
  const sendAnyway = useRef<HTMLButtonElement>(null)
  useEffect(() => sendAnyway.current?.focus(), [])
  const preview = last ? previewOf(last) : ''
  const review = () => {
    const taken = outbox.withdraw(conversationId, id)
    if (last) scrollToMessage(last.id)
    if (taken?.content.kind === 'text') takeBack(taken.content.text)
  }
  return (
    <div
      role="alertdialog"
      aria-modal="false"
      aria-labelledby="missed-words"
      className="mx-3 mt-3 rounded-xl bg-warning-soft px-4 py-3 md:mx-4"
    >
      <p id="missed-words" dir="auto" className="line-clamp-3 break-words text-warning">
        {pending.missed.length > 1 ? t('missed.many', { count: pending.missed.length, name, preview }) : t('missed.one', { name, preview })}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        <Button ref={sendAnyway} size="small" kind="primary" onClick={() => void outbox.retry(conversationId, id)}>
          {t('missed.send')}
        </Button>
        <Button size="small" onClick={review}>
          {t('missed.review')}
        </Button>
      </div>
    </div>
  )
}
