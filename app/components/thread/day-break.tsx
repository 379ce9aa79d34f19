import { useTranslation } from 'react-i18next'
import { useFormat, useNow } from '#app/live/hooks.ts'

/** The day that begins here; it stays at the top while its messages pass under it. */
export function DayBreak({ iso }: { iso: string }) {
  const format = useFormat()
  const now = useNow()
  return (
    <h2
      className="sticky top-2 z-10 mx-auto my-3 w-fit rounded-full border border-line bg-surface px-3 py-0.5 font-medium text-ink-soft text-xs shadow-card"
      suppressHydrationWarning
    >
      {format.day(iso, now)}
    </h2>
  )
}

/** The line between what had been read and what had not, when the thread was opened. */
export function UnreadBreak() {
  const { t } = useTranslation('thread')
  return (
    <div className="my-3 flex items-center gap-3 font-medium text-accent-ink text-xs">
      <span className="h-px flex-1 bg-accent/40" />
      {t('new_messages')}
      <span className="h-px flex-1 bg-accent/40" />
    </div>
  )
}
