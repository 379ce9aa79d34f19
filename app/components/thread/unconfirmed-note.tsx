import { RotateCw, Trash2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat, useNow } from '#app/live/hooks.ts'
import type { DeliveryView } from '#modules/messages/types.ts'
import { LIMITS } from '#platform/limits.ts'
import { Button } from '../ui/button.tsx'
import { useThreadScreen } from './thread-context.ts'
import { useSettle } from './use-settle.ts'

/** Nobody knows whether it was sent. After a while, in which a receipt may still settle it, a person decides. */
export function UnconfirmedNote({ delivery }: { delivery: DeliveryView }) {
  const { t } = useTranslation(['delivery', 'refusals'])
  const format = useFormat()
  const now = useNow()
  const { canSend } = useThreadScreen()
  const { running, refusal, resend, discard } = useSettle(delivery.id)
  const settleableAt = Date.parse(delivery.unknownAt ?? delivery.queuedAt) + LIMITS.unknownSettleableAfterMs
  return (
    <div className="mt-1 max-w-md rounded-xl bg-warning-soft px-3 py-2 text-start text-xs">
      <p className="font-semibold text-warning">{t('unknown.title')}</p>
      <p className="mt-0.5 text-ink-soft">{t('unknown.text')}</p>
      {canSend && (
        <div className="mt-1.5 flex flex-wrap items-center gap-2">
          {now < settleableAt ? (
            <p className="text-ink-soft" suppressHydrationWarning>
              {t('unknown.decide_at', { time: format.time(new Date(settleableAt).toISOString()) })}
            </p>
          ) : (
            <>
              <Button size="small" busy={running === 'resend'} onClick={resend}>
                <RotateCw aria-hidden className="size-3.5" />
                {t('resend')}
              </Button>
              <Button size="small" busy={running === 'discard'} onClick={discard}>
                <Trash2 aria-hidden className="size-3.5" />
                {t('discard')}
              </Button>
            </>
          )}
          {refusal && (
            <span role="alert" className="font-medium text-danger">
              {t(`refusals:${refusal}`)}
            </span>
          )}
        </div>
      )}
    </div>
  )
}
