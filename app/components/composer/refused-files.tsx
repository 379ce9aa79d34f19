import { X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import { LIMITS } from '#platform/limits.ts'
import { IconButton } from '../ui/icon-button.tsx'
import type { RefusedFile } from './use-attachments.ts'

/** Which files were not taken, and why, in words. */
export function RefusedFiles({ refused, onDismiss }: { refused: readonly RefusedFile[]; onDismiss(): void }) {
  const { t } = useTranslation(['composer', 'shell'])
  const format = useFormat()
  if (refused.length === 0) return null
  const words = (file: RefusedFile) => {
    const { name } = file
    if (file.why === 'too_large') return t('upload.too_large', { name, limit: format.bytes(file.limitBytes) })
    if (file.why === 'wrong_type') return t('upload.wrong_type', { name, allowed: file.allowed })
    if (file.why === 'empty') return t('upload.empty', { name })
    return t('upload.too_many', { count: LIMITS.attachmentsPerMessage })
  }
  return (
    <div role="alert" className="mx-3 mt-3 flex items-start gap-2 rounded-lg bg-danger-soft px-3 py-2 text-danger text-xs">
      <ul className="min-w-0 flex-1 break-words">
        {refused.map((file) => (
          <li key={file.name}>{words(file)}</li>
        ))}
      </ul>
      <IconButton label={t('shell:close')} onClick={onDismiss} className="-m-1 size-7 text-danger pointer-coarse:size-8">
        <X aria-hidden />
      </IconButton>
    </div>
  )
}
