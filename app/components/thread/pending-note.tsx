import { Pencil, RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLive } from '#app/live/hooks.ts'
import type { PendingMessage } from '#app/live/types.ts'
import { Button } from '../ui/button.tsx'
import { useThreadScreen } from './thread-context.ts'

/** A message the server has not taken: why, and what can be done. Its text is never lost. */
export function PendingNote({ pending }: { pending: PendingMessage }) {
  const { t } = useTranslation(['composer', 'refusals'])
  const { outbox } = useLive()
  const { takeBack } = useThreadScreen()
  const { conversationId, id } = pending.view
  if (pending.state !== 'refused' || pending.reason === null || pending.reason === 'missed_messages') return null
  // Nobody knows whether an unanswered one was taken: changed words would be a second message.
  const words = pending.content.kind === 'text' && pending.reason !== 'unreachable' ? pending.content.text : null
  return (
    <div role="alert" className="mt-1 max-w-md rounded-xl bg-danger-soft px-3 py-2 text-start text-xs">
      <p>
        <span className="font-semibold text-danger">{t('refused.title')}.</span>{' '}
        <span className="text-ink-soft">{t(`refusals:${pending.reason}`)}</span>
      </p>
      <div className="mt-1.5 flex gap-2">
        <Button size="small" onClick={() => void outbox.retry(conversationId, id)}>
          <RotateCw aria-hidden className="size-3.5" />
          {t('refused.retry')}
        </Button>
        {words !== null && (
          <Button
            size="small"
            onClick={() => {
              if (takeBack(words)) outbox.withdraw(conversationId, id)
            }}
          >
            <Pencil aria-hidden className="size-3.5" />
            {t('refused.edit')}
          </Button>
        )}
        <Button size="small" onClick={() => outbox.withdraw(conversationId, id)}>
          <X aria-hidden className="size-3.5" />
          {t('refused.remove')}
        </Button>
      </div>
    </div>
  )
}
