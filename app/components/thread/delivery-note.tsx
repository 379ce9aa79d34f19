import { useTranslation } from 'react-i18next'
import { useFormat, useNow } from '#app/live/hooks.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { FailureNote } from './failure-note.tsx'
import { StuckHelp } from './stuck-help.tsx'
import { UnconfirmedNote } from './unconfirmed-note.tsx'

/** What there is to say about a delivery beyond its ticks; nothing when all is well. */
export function DeliveryNote({ message }: { message: MessageView }) {
  const { t } = useTranslation('delivery')
  const format = useFormat()
  const now = useNow()
  const { delivery } = message
  if (delivery === null) return null
  if (delivery.state === 'failed') return <FailureNote message={message} delivery={delivery} />
  if (delivery.state === 'unknown') return <UnconfirmedNote delivery={delivery} />
  if (delivery.state === 'discarded') return <p className="mt-0.5 text-ink-faint text-xs">{t('discarded')}</p>
  if (delivery.nextTryAt !== null && Date.parse(delivery.nextTryAt) > now) {
    return <p className="mt-0.5 text-ink-faint text-xs">{t('next_try', { time: format.time(delivery.nextTryAt) })}</p>
  }
  return <StuckHelp delivery={delivery} />
}
