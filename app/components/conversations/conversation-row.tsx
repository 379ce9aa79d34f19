import { Link } from '@remix-run/react'
import { Reply } from 'lucide-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat, useNow } from '#app/live/hooks.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import { Avatar } from '../ui/avatar.tsx'
import { ChannelIcon } from '../ui/channel-icon.tsx'
import { cx } from '../ui/cx.ts'
import { Time } from '../ui/time.tsx'
import { Words } from '../ui/words.tsx'
import { contactName } from './contact-name.ts'
import { KindIcon } from './kind-icon.tsx'
import { rowPreview } from './preview.ts'
import { WindowChip } from './window-chip.tsx'

export const ROW_HEIGHT = 84

/** One conversation of the list: who, when, what last, and what it needs. */
export const ConversationRow = memo(function ConversationRow({
  row,
  search,
  isOpen,
}: {
  row: ConversationListItem
  search: string
  isOpen: boolean
}) {
  const { t } = useTranslation('inbox')
  const name = contactName(row.contact, t('nameless'))
  const isUnread = row.unreadCount > 0
  const preview = rowPreview(row)
  return (
    <Link
      to={{ pathname: `/inbox/${row.id}`, search }}
      aria-current={isOpen ? 'page' : undefined}
      data-conversation={row.id}
      className={cx(
        'group flex h-[80px] gap-3 rounded-xl px-3 py-2.5 outline-offset-[-2px] transition-colors hover:bg-hover',
        isOpen && 'bg-selected hover:bg-selected',
      )}
    >
      <span className="relative mt-0.5 self-start">
        <Avatar name={name} seed={row.contact.id} />
        <span className="-end-1 -bottom-1 absolute flex size-5 items-center justify-center rounded-full bg-surface">
          <ChannelIcon channel={row.channel} className="size-3.5" />
        </span>
      </span>
      <span className="flex min-w-0 flex-1 flex-col">
        <span className="flex items-baseline gap-2">
          <Words className={cx('min-w-0 flex-1 truncate', isUnread ? 'font-semibold' : 'font-medium')}>{name}</Words>
          <RowTime iso={row.lastMessageAt} isUnread={isUnread} />
        </span>
        <span className="flex items-center gap-1.5">
          <span className={cx('flex min-w-0 flex-1 items-center gap-1', isUnread ? 'text-ink' : 'text-ink-soft')}>
            {row.lastMessageDirection === 'outbound' && (
              <Reply role="img" aria-label={t('you')} className="mirror size-3.5 shrink-0 text-ink-faint" />
            )}
            <KindIcon kind={row.lastMessageKind} className="size-3.5 shrink-0 text-ink-faint" />
            <Words className="truncate">{'text' in preview ? preview.text : t(`preview.${preview.kind}`)}</Words>
          </span>
          {isUnread && (
            <span className="flex h-4.5 min-w-4.5 items-center justify-center rounded-full bg-accent px-1.5 font-semibold text-[0.6875rem] text-on-accent tabular-nums">
              <span aria-hidden>{row.unreadCount > 99 ? t('count_more', { count: 99 }) : row.unreadCount}</span>
              <span className="sr-only">{t('unread', { count: row.unreadCount })}</span>
            </span>
          )}
        </span>
        <span className="mt-0.5 flex h-5 items-center gap-1.5">
          <span className="min-w-0 truncate text-[0.6875rem] text-ink-faint">{row.channelAccountName}</span>
          {row.status !== 'resolved' && <WindowChip windowExpiresAt={row.windowExpiresAt} />}
          <span className="flex-1" />
          {row.assignee && (
            <span title={t('assigned_to', { name: row.assignee.name })}>
              <Avatar name={row.assignee.name} seed={row.assignee.id} size="tiny" />
              <span className="sr-only">{t('assigned_to', { name: row.assignee.name })}</span>
            </span>
          )}
        </span>
      </span>
    </Link>
  )
})

function RowTime({ iso, isUnread }: { iso: string; isUnread: boolean }) {
  const format = useFormat()
  const now = useNow()
  return (
    <Time iso={iso} className={cx('shrink-0 text-xs tabular-nums', isUnread ? 'font-medium text-accent-ink' : 'text-ink-faint')}>
      {format.short(iso, now)}
    </Time>
  )
}
