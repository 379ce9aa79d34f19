import { Link } from '@remix-run/react'
import { ArrowLeft, CircleCheck, PanelRight, RotateCcw } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import { WindowChip } from '../conversations/window-chip.tsx'
import { useViewer } from '../shell/viewer.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Button } from '../ui/button.tsx'
import { ChannelIcon } from '../ui/channel-icon.tsx'
import { IconButton } from '../ui/icon-button.tsx'
import { AssignMenu } from './assign-menu.tsx'
import { useThreadScreen } from './thread-context.ts'
import type { ConversationActions } from './use-conversation-actions.ts'

/** Who it is, on which channel, who answers, and whether it is done. */
export function ThreadHeader(props: {
  row: ConversationListItem
  backTo: string
  actions: ConversationActions
  isAssigning: boolean
  onAssigning(open: boolean): void
  areDetailsShown: boolean
  onDetails(): void
}) {
  const { row, actions } = props
  const { t } = useTranslation(['thread', 'shell'])
  const { contactName } = useThreadScreen()
  const { may } = useViewer()
  const isResolved = row.status === 'resolved'
  return (
    <header className="flex h-15 shrink-0 items-center gap-2 border-line border-b px-3 md:px-4">
      <Link
        to={props.backTo}
        aria-label={t('shell:back')}
        className="-ms-1 flex size-10 items-center justify-center rounded-lg text-ink-soft hover:bg-hover md:hidden"
      >
        <ArrowLeft aria-hidden className="mirror size-5" />
      </Link>
      <Avatar name={contactName} seed={row.contact.id} size="small" className="hidden size-9 sm:inline-flex" />
      <div className="min-w-0 flex-1">
        <h1 className="truncate font-semibold text-[0.9375rem]">
          <bdi>{contactName}</bdi>
        </h1>
        <p className="flex items-center gap-1.5 text-ink-soft text-xs">
          <ChannelIcon channel={row.channel} className="size-3.5" />
          <span className="hidden truncate sm:inline">{row.channelAccountName}</span>
          {!isResolved && <WindowChip windowExpiresAt={row.windowExpiresAt} />}
        </p>
      </div>
      {may.assign && (
        <AssignMenu assignee={row.assignee} open={props.isAssigning} onOpenChange={props.onAssigning} onAssign={actions.assign} />
      )}
      {isResolved
        ? may.reopen && (
            <Button onClick={actions.reopen} aria-keyshortcuts="e" aria-label={t('reopen')}>
              <RotateCcw aria-hidden className="mirror size-4" />
              <span className="hidden sm:inline">{t('reopen')}</span>
            </Button>
          )
        : may.resolve && (
            <Button onClick={actions.resolve} aria-keyshortcuts="e" aria-label={t('resolve')}>
              <CircleCheck aria-hidden className="size-4 text-success" />
              <span className="hidden sm:inline">{t('resolve')}</span>
            </Button>
          )}
      <IconButton
        label={t(props.areDetailsShown ? 'hide_details' : 'show_details')}
        shortcut="i"
        aria-pressed={props.areDetailsShown}
        onClick={props.onDetails}
        className="aria-pressed:bg-hover"
      >
        <PanelRight aria-hidden className="mirror" />
      </IconButton>
    </header>
  )
}
