import { CircleCheck, Inbox, UserRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ListQuery } from '#app/live/types.ts'
import { Empty } from '../ui/empty.tsx'

const ICONS = { mine: UserRound, unassigned: CircleCheck, all: Inbox, resolved: CircleCheck } as const

/** An empty list says why it is empty, and what fills it. */
export function ListEmpty({ query }: { query: ListQuery }) {
  const { t } = useTranslation('inbox')
  const which = query.status === 'resolved' ? 'resolved' : query.view
  return (
    <div className="min-h-0 flex-1">
      <Empty icon={ICONS[which]} title={t(`empty.${which}`)}>
        {t(`empty.${which}_text`)}
      </Empty>
    </div>
  )
}
