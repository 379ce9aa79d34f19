import { Link, useLocation } from '@remix-run/react'
import { Inbox, Keyboard } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useFormat, useUnreadCount } from '#app/live/hooks.ts'
import { IconButton } from '../ui/icon-button.tsx'
import { Tip } from '../ui/tip.tsx'
import { AccountMenu } from './account-menu.tsx'
import { ConnectionDot } from './connection-dot.tsx'
import { Mark } from './mark.tsx'
import { MOST_SHOWN } from './most-shown.ts'

/** The product's places, at the edge of wide screens. */
export function NavRail({ onHelp }: { onHelp(): void }) {
  const { t } = useTranslation(['shell', 'inbox'])
  const unread = useUnreadCount()
  const format = useFormat()
  const isInbox = useLocation().pathname.startsWith('/inbox')
  return (
    <nav aria-label={t('nav.label')} className="hidden w-14 shrink-0 flex-col items-center gap-2 border-line border-e py-3 md:flex">
      <Mark className="mb-2 size-8" />
      <Tip label={t('nav.inbox')} side="right">
        <Link
          to="/inbox"
          aria-label={unread > 0 ? `${t('nav.inbox')}, ${t('nav.waiting')}` : t('nav.inbox')}
          aria-current={isInbox ? 'page' : undefined}
          className="relative flex size-10 items-center justify-center rounded-xl text-ink-soft hover:bg-hover aria-[current]:bg-accent-soft aria-[current]:text-accent-ink"
        >
          <Inbox aria-hidden className="size-5" />
          {unread > 0 && (
            <span className="-end-1 -top-1 absolute min-w-4.5 rounded-full border-2 border-canvas bg-accent px-1 text-center font-semibold text-[0.625rem] text-on-accent leading-3.5">
              {unread > MOST_SHOWN ? t('inbox:count_more', { count: MOST_SHOWN }) : format.number(unread)}
            </span>
          )}
        </Link>
      </Tip>
      <div className="flex-1" />
      <ConnectionDot />
      <IconButton label={t('shortcuts.open')} shortcut="?" side="right" onClick={onHelp}>
        <Keyboard aria-hidden />
      </IconButton>
      <AccountMenu side="right" align="end" />
    </nav>
  )
}
