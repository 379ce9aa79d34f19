import { Copy, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat, useNow } from '#app/live/hooks.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import { addressWords } from '../conversations/address-words.ts'
import { useWindow } from '../conversations/use-window.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import { Avatar } from '../ui/avatar.tsx'
import { ChannelIcon } from '../ui/channel-icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'

/** Who the customer is and how things stand, beside the conversation. */
export function DetailsPanel({ row, onClose }: { row: ConversationListItem; onClose(): void }) {
  const { t } = useTranslation(['thread', 'inbox', 'shell'])
  const format = useFormat()
  const now = useNow()
  const { contactName } = useThreadScreen()
  const address = row.contact.address === null ? null : addressWords(row.contact.address)
  return (
    <aside aria-label={t('details.title')} className="flex h-full flex-col overflow-y-auto">
      <div className="flex h-15 shrink-0 items-center justify-between px-4">
        <h2 className="font-semibold">{t('details.title')}</h2>
        <IconButton label={t('hide_details')} hasTip={false} onClick={onClose}>
          <X aria-hidden />
        </IconButton>
      </div>
      <div className="flex flex-col items-center gap-2 px-5 pb-5 text-center">
        <Avatar name={contactName} seed={row.contact.id} size="large" />
        <p className="max-w-full break-words font-semibold text-base">
          <bdi>{contactName}</bdi>
        </p>
        {address && (
          <p className="flex max-w-full items-center gap-1 text-ink-soft">
            <bdi dir="ltr" className="truncate">
              {address}
            </bdi>
            <IconButton label={t('details.copy_address')} onClick={() => void navigator.clipboard?.writeText(address)} className="size-7">
              <Copy aria-hidden className="size-3.5!" />
            </IconButton>
          </p>
        )}
      </div>
      <Section title={t('details.conversation')}>
        <Fact name={t('details.status')}>{t(`details.statuses.${row.status}`)}</Fact>
        <Fact name={t('details.assignee')}>{row.assignee?.name ?? t('nobody')}</Fact>
        <Fact name={t('details.last_message')}>
          <time dateTime={row.lastMessageAt} title={format.moment(row.lastMessageAt)} suppressHydrationWarning>
            {format.short(row.lastMessageAt, now)}
          </time>
        </Fact>
        {row.unreadCount > 0 && <Fact name={t('details.unread')}>{format.number(row.unreadCount)}</Fact>}
      </Section>
      <Section title={t('details.channel')}>
        <Fact name={t('details.account')}>
          <span className="inline-flex items-center gap-1.5">
            <ChannelIcon channel={row.channel} />
            {row.channelAccountName}
          </span>
        </Fact>
        <Fact name={t('details.window')}>
          <WindowWords windowExpiresAt={row.windowExpiresAt} />
        </Fact>
      </Section>
    </aside>
  )
}

function WindowWords({ windowExpiresAt }: { windowExpiresAt: string | null }) {
  const { t } = useTranslation('thread')
  const format = useFormat()
  const window = useWindow(windowExpiresAt)
  if (window.state === 'none' || windowExpiresAt === null) return t('details.window_none')
  if (window.state === 'closed') return t('details.window_closed')
  return (
    <span title={t('details.window_until', { moment: format.moment(windowExpiresAt) })} suppressHydrationWarning>
      {t('details.window_open', { left: window.words })}
    </span>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="border-line border-t px-5 py-4">
      <h3 className="mb-2 font-medium text-ink-faint text-xs">{title}</h3>
      <dl className="flex flex-col gap-2">{children}</dl>
    </section>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[6.5rem_1fr] items-baseline gap-3">
      <dt className="text-ink-soft">{name}</dt>
      <dd className="min-w-0 break-words font-medium">{children}</dd>
    </div>
  )
}
