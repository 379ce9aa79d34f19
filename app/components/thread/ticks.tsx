import { Ban, Check, CheckCheck, CircleX, Clock, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import type { DeliveryState, DeliveryView } from '#modules/messages/types.ts'
import { cx } from '../ui/cx.ts'

const LOOKS: Record<DeliveryState | 'pending', { icon: typeof Check; className: string }> = {
  pending: { icon: Clock, className: 'text-ink-faint' },
  queued: { icon: Clock, className: 'text-ink-faint' },
  sending: { icon: Clock, className: 'text-ink-faint' },
  unknown: { icon: TriangleAlert, className: 'text-warning' },
  sent: { icon: Check, className: 'text-ink-faint' },
  delivered: { icon: CheckCheck, className: 'text-ink-faint' },
  read: { icon: CheckCheck, className: 'text-read' },
  played: { icon: CheckCheck, className: 'text-read' },
  failed: { icon: CircleX, className: 'text-danger' },
  discarded: { icon: Ban, className: 'text-ink-faint' },
}

/** How far an outbound message has come: clock, one tick, two, two in colour; in words for who rests on it or listens. */
export function Ticks({ delivery, isRefused }: { delivery: DeliveryView | null /** Not even our server took it. */; isRefused: boolean }) {
  const { t } = useTranslation('delivery')
  const format = useFormat()
  const state = isRefused ? 'failed' : (delivery?.state ?? 'pending')
  const { icon: Icon, className } = LOOKS[state]
  const moment = delivery && momentOf(delivery)
  const words = moment ? t('at', { state: t(`state.${state}`), moment: format.moment(moment) }) : t(`state.${state}`)
  return (
    <span title={words} className="inline-flex" data-delivery={state}>
      <Icon role="img" aria-label={t(`state.${state}`)} className={cx('size-4', className)} />
    </span>
  )
}

function momentOf(delivery: DeliveryView): string | null {
  switch (delivery.state) {
    case 'sent':
      return delivery.sentAt
    case 'delivered':
      return delivery.deliveredAt
    case 'read':
    case 'played':
      return delivery.readAt
    case 'failed':
      return delivery.failedAt
    case 'unknown':
      return delivery.unknownAt
    default:
      return null
  }
}
