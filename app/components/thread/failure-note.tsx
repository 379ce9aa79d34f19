import { RotateCw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { deliveryReason, mayHelpToResend } from '#app/i18n/delivery-reasons.ts'
import type { DeliveryView, MessageView } from '#modules/messages/types.ts'
import { Button } from '../ui/button.tsx'
import { useThreadScreen } from './thread-context.ts'
import { useSettle } from './use-settle.ts'

/** Why a message was not delivered, in words, what to do about it, and the button that does it. */
export function FailureNote({ message, delivery }: { message: MessageView; delivery: DeliveryView }) {
  const { t } = useTranslation(['delivery', 'refusals'])
  const { canSend } = useThreadScreen()
  const { running, refusal, resend } = useSettle(delivery.id)
  const reason = deliveryReason(message.channel, delivery)
  return (
    <div className="mt-1 max-w-md rounded-xl bg-danger-soft px-3 py-2 text-start text-xs">
      <p className="font-semibold text-danger">{t(`reason.${reason}.what`)}</p>
      <p className="mt-0.5 text-ink-soft">{t(`reason.${reason}.advice`)}</p>
      <div className="mt-1.5 flex flex-wrap items-center gap-x-3 gap-y-1">
        {canSend && mayHelpToResend(reason) && (
          <Button size="small" busy={running === 'resend'} onClick={resend} title={t('resend_hint')}>
            <RotateCw aria-hidden className="size-3.5" />
            {t('resend')}
          </Button>
        )}
        {delivery.errorCode && (
          <span className="text-ink-faint" title={delivery.errorTitle ?? undefined}>
            {t('code', { code: delivery.errorCode })}
          </span>
        )}
        {refusal && (
          <span role="alert" className="font-medium text-danger">
            {t(`refusals:${refusal}`)}
          </span>
        )}
      </div>
    </div>
  )
}
