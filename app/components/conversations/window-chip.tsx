import { Lock, Timer } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cx } from '../ui/cx.ts'
import { useWindow } from './use-window.ts'

/** How long free replies are still possible. Quiet while there is time, warm when it runs out. */
export function WindowChip({ windowExpiresAt }: { windowExpiresAt: string | null }) {
  const { t } = useTranslation('inbox')
  const window = useWindow(windowExpiresAt)
  if (window.state === 'none') return null
  const isOpen = window.state === 'open'
  return (
    <span
      title={isOpen ? t('window.open', { left: window.words }) : t('window.closed_hint')}
      className={cx(
        'inline-flex h-4.5 items-center gap-1 whitespace-nowrap rounded px-1 text-[0.6875rem] tabular-nums',
        isOpen && window.isShort ? 'bg-warning-soft font-medium text-warning' : 'text-ink-faint',
      )}
    >
      {isOpen ? <Timer aria-hidden className="size-3" /> : <Lock aria-hidden className="size-3" />}
      <span suppressHydrationWarning>{isOpen ? window.words : t('window.closed')}</span>
    </span>
  )
}
