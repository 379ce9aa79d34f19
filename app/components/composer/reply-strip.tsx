import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { MessageView } from '#modules/messages/types.ts'
import { usePreview } from '../conversations/preview.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { useAuthorName } from '../thread/use-author-name.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Words } from '../ui/words.tsx'

/** Which message the reply answers. */
export function ReplyStrip({ message }: { message: MessageView }) {
  const { t } = useTranslation('composer')
  const previewOf = usePreview()
  const { setReplyTo } = useThreadScreen()
  const name = useAuthorName(message)
  return (
    <div className="mx-3 mt-3 flex items-center gap-2 rounded-lg border-accent border-s-3 bg-hover py-1.5 ps-3 pe-1">
      <div className="min-w-0 flex-1 text-xs">
        <p className="font-medium text-accent-ink">{t('replying_to', { name })}</p>
        <Words className="block truncate text-ink-soft">{previewOf(message)}</Words>
      </div>
      <IconButton label={t('stop_replying')} side="top" onClick={() => setReplyTo(null)} className="size-8">
        <X aria-hidden />
      </IconButton>
    </div>
  )
}
