import { RotateCw, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import { KindIcon } from '../conversations/kind-icon.tsx'
import { cx } from '../ui/cx.ts'
import { Words } from '../ui/words.tsx'
import type { Attachment } from './use-attachments.ts'

/** The files that will be sent: what they look like, how far they are, and a way to think again. */
export function AttachmentTray(props: { attachments: readonly Attachment[]; onRemove(key: string): void; onRetry(key: string): void }) {
  const { t } = useTranslation('composer')
  if (props.attachments.length === 0) return null
  return (
    <ul aria-label={t('upload.files')} className="flex gap-2 overflow-x-auto p-3 pb-1">
      {props.attachments.map((attachment) => (
        <AttachmentCard
          key={attachment.key}
          attachment={attachment}
          onRemove={() => props.onRemove(attachment.key)}
          onRetry={() => props.onRetry(attachment.key)}
        />
      ))}
    </ul>
  )
}

function AttachmentCard({ attachment, onRemove, onRetry }: { attachment: Attachment; onRemove(): void; onRetry(): void }) {
  const { t } = useTranslation('composer')
  const format = useFormat()
  const { file, kind, progress, uploadId, failure } = attachment
  const isRunning = uploadId === null && failure === null
  return (
    <li className={cx('relative w-32 shrink-0 overflow-hidden rounded-xl border bg-surface', failure ? 'border-danger' : 'border-line')}>
      <div className="flex h-20 items-center justify-center bg-hover">
        {kind === 'image' ? (
          <img src={attachment.previewUrl} alt="" className="size-full object-cover" />
        ) : (
          <KindIcon kind={kind} className="size-7 text-ink-soft" />
        )}
      </div>
      <div className="px-2 py-1.5">
        <Words className="block truncate text-xs" title={file.name}>
          {file.name}
        </Words>
        <span className={cx('text-[0.6875rem]', failure ? 'text-danger' : 'text-ink-faint')}>
          {failure ? t('upload.failed') : format.bytes(file.size)}
        </span>
      </div>
      {isRunning && (
        <progress
          max={1}
          value={progress}
          aria-label={t('upload.progress', { percent: Math.round(progress * 100), name: file.name })}
          className="absolute inset-x-0 bottom-0 h-1 w-full appearance-none overflow-hidden bg-transparent [&::-moz-progress-bar]:bg-accent [&::-webkit-progress-bar]:bg-line [&::-webkit-progress-value]:bg-accent"
        />
      )}
      <div className="absolute end-1 top-1 flex gap-1">
        {failure && (
          <button
            type="button"
            onClick={onRetry}
            aria-label={t('upload.retry', { name: file.name })}
            className="flex size-6 items-center justify-center rounded-full bg-black/70 text-white"
          >
            <RotateCw aria-hidden className="size-3.5" />
          </button>
        )}
        <button
          type="button"
          onClick={onRemove}
          aria-label={t('upload.remove', { name: file.name })}
          className="flex size-6 items-center justify-center rounded-full bg-black/70 text-white"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      </div>
    </li>
  )
}
