import { Link } from '@remix-run/react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#app/live/hooks.ts'
import type { ListQuery } from '#app/live/types.ts'
import { CONVERSATION_VIEWS, type ConversationCounts, LIST_STATUSES } from '#modules/conversations/types.ts'
import { AccountMenu } from '../shell/account-menu.tsx'
import { cx } from '../ui/cx.ts'

/** Which conversations: whose, and open or done. The choice stands in the address, so it can be kept and shared. */
export function ListHeader({
  query,
  counts,
  isPage,
}: {
  query: ListQuery
  counts: ConversationCounts /** Nothing else is open. */
  isPage: boolean
}) {
  const { t } = useTranslation('inbox')
  const format = useFormat()
  const Heading = isPage ? 'h1' : 'h2'
  const to = (change: Partial<ListQuery>) => `?${new URLSearchParams({ ...query, ...change })}`
  return (
    <header className="shrink-0 border-line border-b px-4 pt-3.5">
      <div className="flex h-9 items-center gap-3">
        <Heading className="flex-1 font-semibold text-lg tracking-tight">{t('title')}</Heading>
        <nav aria-label={t('statuses.label')} className="flex rounded-lg bg-hover p-0.5">
          {LIST_STATUSES.map((status) => (
            <Link
              key={status}
              to={to({ status })}
              aria-current={status === query.status ? 'true' : undefined}
              className="flex h-7 items-center rounded-md px-2.5 font-medium text-ink-soft text-xs hover:text-ink aria-[current]:bg-surface aria-[current]:text-ink aria-[current]:shadow-card pointer-coarse:h-9"
            >
              {t(`statuses.${status}`)}
            </Link>
          ))}
        </nav>
        <span className="md:hidden">
          <AccountMenu />
        </span>
      </div>
      <nav aria-label={t('views.label')} className="-mb-px mt-2 flex gap-4 overflow-x-auto">
        {CONVERSATION_VIEWS.map((view) => {
          const isCurrent = view === query.view
          const count = query.status === 'open' ? counts[view] : undefined
          return (
            <Link
              key={view}
              to={to({ view })}
              aria-current={isCurrent ? 'true' : undefined}
              className={cx(
                'flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 font-medium text-[0.8125rem] outline-offset-[-2px] transition-colors pointer-coarse:h-11',
                isCurrent ? 'border-accent text-ink' : 'border-transparent text-ink-soft hover:text-ink',
              )}
            >
              {t(`views.${view}`)}
              {count !== undefined && count.count > 0 && (
                <span className="text-ink-faint text-xs tabular-nums">
                  {count.isMore ? t('count_more', { count: format.number(count.count) }) : format.number(count.count)}
                </span>
              )}
            </Link>
          )
        })}
      </nav>
    </header>
  )
}
