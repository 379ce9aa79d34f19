import { UserRoundPlus, UserRoundX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask } from '#app/live/ask.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { MemberView } from '#modules/members/types.ts'
import { useViewer } from '../shell/viewer.ts'
import { Avatar } from '../ui/avatar.tsx'
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { Words } from '../ui/words.tsx'

/** Who answers this conversation: me, nobody, or a colleague by name. */
export function AssignMenu(props: {
  assignee: ConversationListItem['assignee']
  open: boolean
  onOpenChange(open: boolean): void
  onAssign(assignee: ConversationListItem['assignee']): void
}) {
  const { assignee, open, onOpenChange, onAssign } = props
  const { t } = useTranslation('thread')
  const viewer = useViewer()
  const { members, hasFailed } = useMembers(open)
  const me = { id: viewer.memberId, name: viewer.name }
  return (
    <Menu
      open={open}
      onOpenChange={onOpenChange}
      className="w-64"
      trigger={
        <button
          type="button"
          aria-keyshortcuts="a"
          aria-label={assignee ? t('assigned_to', { name: assignee.name }) : t('assign')}
          className="flex h-9 min-w-0 shrink items-center gap-2 rounded-lg px-2 text-ink-soft hover:bg-hover hover:text-ink aria-expanded:bg-hover"
        >
          {assignee ? (
            <Avatar name={assignee.name} seed={assignee.id} size="tiny" className="size-6" />
          ) : (
            <UserRoundPlus aria-hidden className="size-4.5" />
          )}
          <span className="hidden max-w-32 truncate lg:inline">{assignee?.name ?? t('assign')}</span>
        </button>
      }
    >
      {assignee?.id !== me.id && (
        <MenuItem onSelect={() => onAssign(me)}>
          <Avatar name={me.name} seed={me.id} size="tiny" />
          {t('assign_to_me')}
        </MenuItem>
      )}
      {assignee && (
        <MenuItem onSelect={() => onAssign(null)}>
          <UserRoundX aria-hidden />
          {t('nobody')}
        </MenuItem>
      )}
      <MenuLine />
      <MenuLabel>{t('details.assignee')}</MenuLabel>
      {members === null && !hasFailed && (
        <div className="flex justify-center p-3">
          <Spinner />
        </div>
      )}
      {hasFailed && <p className="px-2.5 py-2 text-danger">{t('members_failed')}</p>}
      {members
        ?.filter((member) => member.status === 'active' && member.id !== me.id)
        .map((member) => (
          <MenuItem key={member.id} disabled={member.id === assignee?.id} onSelect={() => onAssign({ id: member.id, name: member.name })}>
            <Avatar name={member.name} seed={member.id} size="tiny" />
            <Words className="truncate">{member.name}</Words>
          </MenuItem>
        ))}
    </Menu>
  )
}

/** Read when the menu opens, so that it knows who joined a minute ago. */
function useMembers(isWanted: boolean) {
  const [members, setMembers] = useState<MemberView[] | null>(null)
  const [hasFailed, setFailed] = useState(false)
  useEffect(() => {
    if (!isWanted) return
    const leave = new AbortController()
    void ask<MemberView[]>('/members', { signal: leave.signal }).then((answer) => {
      if (leave.signal.aborted) return
      setFailed(!answer.ok)
      if (answer.ok) setMembers(answer.value)
    })
    return () => leave.abort()
  }, [isWanted])
  return { members, hasFailed }
}
