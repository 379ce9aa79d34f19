import { CircleHelp } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { useNow } from '#app/live/hooks.ts'
import type { DeliveryView } from '#modules/messages/types.ts'

/** After this long at one tick somebody begins to wonder. */
const WONDER_MS = 5 * 60_000
const REASONS = ['offline', 'blocked', 'wrong_number', 'receipts'] as const

/** Explains why a message may stay at one tick; offered only when it has for a while. */
export function StuckHelp({ delivery }: { delivery: DeliveryView }) {
  const { t } = useTranslation('delivery')
  const now = useNow()
  if (delivery.state !== 'sent' || now - Date.parse(delivery.sentAt ?? delivery.queuedAt) < WONDER_MS) return null
  return (
    <Popover.Root>
      <Popover.Trigger className="mt-0.5 inline-flex items-center gap-1 rounded text-ink-faint text-xs underline-offset-2 hover:text-ink-soft hover:underline">
        <CircleHelp aria-hidden className="size-3.5" />
        {t('stuck.ask')}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={t('stuck.title')}
          className="z-50 w-80 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-raised p-4 shadow-pop motion-safe:animate-rise"
        >
          <p className="font-semibold">{t('stuck.title')}</p>
          <p className="mt-1 text-ink-soft">{t('stuck.intro')}</p>
          <ul className="mt-2 flex list-disc flex-col gap-1.5 ps-4 text-ink-soft marker:text-ink-faint">
            {REASONS.map((reason) => (
              <li key={reason}>{t(`stuck.${reason}`)}</li>
            ))}
          </ul>
          <p className="mt-2">{t('stuck.advice')}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  )
}
