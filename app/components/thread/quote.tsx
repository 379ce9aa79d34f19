import { useTranslation } from 'react-i18next'
import type { MessageView } from '#modules/messages/types.ts'
import { Words } from '../ui/words.tsx'
import { scrollToMessage } from './scroll-to-message.ts'

/** What a message answers; a press leads there when it is on the page. */
export function Quote({ replyTo }: { replyTo: NonNullable<MessageView['replyTo']> }) {
  const { t } = useTranslation(['thread', 'inbox'])
  const { messageId, kind, preview } = replyTo
  return (
    <button
      type="button"
      disabled={messageId === null}
      onClick={() => messageId && scrollToMessage(messageId)}
      className="mb-1 block w-full rounded-lg border-accent border-s-3 bg-bubble-quote px-2.5 py-1.5 text-start text-xs"
    >
      <span className="block font-medium text-accent-ink">{t('quote')}</span>
      <Words className="line-clamp-2 text-ink-soft">{preview || (kind ? t(`inbox:preview.${kind}`) : t('quote_missing'))}</Words>
    </button>
  )
}
