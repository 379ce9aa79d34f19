import { useTranslation } from 'react-i18next'
import { useConnection } from '#app/live/hooks.ts'
import { cx } from '../ui/cx.ts'
import { Tip } from '../ui/tip.tsx'

/** Whether what is on screen is live; the banner says more when it is not. */
export function ConnectionDot() {
  const { t } = useTranslation('shell')
  const { state } = useConnection()
  const label = t(
    state === 'online'
      ? 'connection.online'
      : state === 'offline' || state === 'signed_out'
        ? `connection.${state}`
        : 'connection.connecting',
  )
  return (
    <Tip label={label} side="right">
      <span role="img" aria-label={label} className="flex size-9 items-center justify-center">
        <span
          className={cx(
            'size-2 rounded-full transition-colors',
            state === 'online' ? 'bg-[oklch(0.68_0.16_155)]' : state === 'connecting' ? 'bg-line-strong' : 'bg-[oklch(0.72_0.15_70)]',
          )}
        />
      </span>
    </Tip>
  )
}
