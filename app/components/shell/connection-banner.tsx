import { CloudOff, WifiOff } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection, useLive } from '#app/live/hooks.ts'
import type { Connection } from '#app/live/types.ts'
import { systemClock } from '#platform/clock.ts'
import { Button } from '../ui/button.tsx'

/** Says that the screen is not live, since when is not the point: what happens next is. Nothing while all is well. */
export function ConnectionBanner() {
  const { t } = useTranslation('shell')
  const connection = useConnection()
  const { reconnect } = useLive()
  const seconds = useSecondsUntil(connection)
  const isShown = connection.state === 'waiting' || connection.state === 'offline' || connection.state === 'signed_out'
  const words = () => {
    if (connection.state !== 'waiting') return t(`connection.${connection.state}`)
    return seconds > 0 ? t('connection.waiting', { count: seconds }) : t('connection.now')
  }
  const Icon = connection.state === 'offline' ? WifiOff : CloudOff
  return (
    <div role="status" aria-live="polite" aria-atomic>
      {isShown && (
        <div className="flex min-h-10 flex-wrap items-center justify-center gap-x-3 gap-y-1 bg-warning-soft px-4 py-1.5 text-warning">
          <Icon aria-hidden className="size-4" />
          {/* The countdown itself is not read out every second. */}
          <span aria-hidden={connection.state === 'waiting' || undefined}>{words()}</span>
          {connection.state === 'waiting' && <span className="sr-only">{t('connection.now')}</span>}
          {connection.state === 'waiting' && (
            <Button size="small" onClick={() => reconnect.get()()}>
              {t('connection.try_now')}
            </Button>
          )}
          {connection.state === 'signed_out' && (
            <Button size="small" onClick={() => location.reload()}>
              {t('connection.sign_in')}
            </Button>
          )}
        </div>
      )}
    </div>
  )
}

function useSecondsUntil(connection: Connection): number {
  const retryAt = connection.state === 'waiting' ? connection.retryAt : 0
  const left = () => Math.max(0, Math.ceil((retryAt - systemClock.now().getTime()) / 1_000))
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    if (retryAt === 0) return
    const update = () => setSeconds(Math.max(0, Math.ceil((retryAt - systemClock.now().getTime()) / 1_000)))
    update()
    const timer = setInterval(update, 500)
    return () => clearInterval(timer)
  }, [retryAt])
  return retryAt === 0 ? 0 : Math.min(seconds, left())
}
