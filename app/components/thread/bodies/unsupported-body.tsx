import { CircleHelp } from 'lucide-react'
import { useTranslation } from 'react-i18next'

/** Something the provider or we can't show; never silently nothing. */
export function UnsupportedBody({ type }: { type: string | undefined }) {
  const { t } = useTranslation('thread')
  return (
    <div className="flex items-start gap-3 text-ink-soft">
      <CircleHelp aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div>
        <p className="font-medium text-ink">{t('unsupported')}</p>
        <p className="text-xs">{t('unsupported_text')}</p>
        {type && <p className="text-xs">{t('unsupported_type', { type })}</p>}
      </div>
    </div>
  )
}
