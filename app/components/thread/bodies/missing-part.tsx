import { FileWarning } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { AttachmentView } from '#modules/messages/types.ts'
import { KindIcon } from '../../conversations/kind-icon.tsx'
import { Spinner } from '../../ui/spinner.tsx'
import { Words } from '../../ui/words.tsx'

/** A file that is on its way, or will not come. */
export function MissingPart({ attachment }: { attachment: Pick<AttachmentView, 'kind' | 'state' | 'fileName'> }) {
  const { t } = useTranslation('thread')
  const isPending = attachment.state === 'pending'
  return (
    <div className="flex min-w-52 items-center gap-3 rounded-lg bg-bubble-quote p-3 text-ink-soft">
      {isPending ? <Spinner className="size-5 shrink-0" /> : <FileWarning aria-hidden className="size-5 shrink-0" />}
      <div className="min-w-0">
        <p className="flex items-center gap-1.5 font-medium text-ink">
          <KindIcon kind={attachment.kind} className="size-4" />
          <Words className="truncate">{attachment.fileName ?? t(attachment.kind)}</Words>
        </p>
        <p className="text-xs">{t(isPending ? 'file_pending' : 'file_failed')}</p>
      </div>
    </div>
  )
}
