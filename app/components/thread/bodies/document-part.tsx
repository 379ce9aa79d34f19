import { Download, FileText } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import type { AttachmentView } from '#modules/messages/types.ts'
import { Words } from '../../ui/words.tsx'

/** A document by name, kind and size; it downloads. */
export function DocumentPart({ attachment, url }: { attachment: AttachmentView; url: string }) {
  const { t } = useTranslation('thread')
  const format = useFormat()
  const name = attachment.fileName ?? t('document')
  const extension = /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase()
  const size = attachment.sizeBytes === null ? null : format.bytes(attachment.sizeBytes)
  return (
    <a
      href={url}
      download={name}
      className="group/file flex min-w-56 items-center gap-3 rounded-lg bg-bubble-quote p-3 hover:brightness-95"
    >
      <span className="flex size-9 shrink-0 items-center justify-center rounded-lg bg-surface text-accent-ink">
        <FileText aria-hidden className="size-5" />
      </span>
      <span className="min-w-0 flex-1">
        <Words className="block truncate font-medium">{name}</Words>
        <span className="text-ink-soft text-xs">{[extension, size].filter(Boolean).join(' · ')}</span>
      </span>
      <Download aria-hidden className="size-4 text-ink-soft" />
      <span className="sr-only">{t('download')}</span>
    </a>
  )
}
