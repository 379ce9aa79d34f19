import { useTranslation } from 'react-i18next'
import { timeLeft } from '#app/i18n/format.ts'
import { useNow } from '#app/live/hooks.ts'

export type ReplyWindow = { state: 'none' } | { state: 'closed' } | { state: 'open'; words: string; isShort: boolean }

/** Under this many minutes the countdown asks for attention. */
const SHORT_MINUTES = 120

/** The line's reply window as people read it, counting down. */
export function useWindow(windowExpiresAt: string | null): ReplyWindow {
  const { t } = useTranslation('inbox')
  const now = useNow()
  if (windowExpiresAt === null) return { state: 'none' }
  const left = timeLeft(windowExpiresAt, now)
  if (left === null) return { state: 'closed' }
  const { hours, minutes } = left
  const isShort = hours * 60 + minutes < SHORT_MINUTES
  if (hours === 0) return { state: 'open', isShort, words: t('window.minutes', { minutes }) }
  // Minutes matter when few hours are left; before, they are noise.
  return {
    state: 'open',
    isShort,
    words: hours >= 4 || minutes === 0 ? t('window.hours', { hours }) : t('window.hours_minutes', { hours, minutes }),
  }
}
