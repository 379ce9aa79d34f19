import { forwardRef, type Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import { useWindow } from '../conversations/use-window.ts'
import { useViewer } from '../shell/viewer.ts'
import { useThreadScreen } from '../thread/thread-context.ts'
import type { ConversationActions } from '../thread/use-conversation-actions.ts'
import { Button } from '../ui/button.tsx'
import { Blocked } from './blocked.tsx'
import { ClosedWindow } from './closed-window.tsx'
import type { EditorHandle } from './editor.tsx'
import { Writer } from './writer.tsx'

/** The conversation's lower edge: the writer, or why there is none, or the templates when only they may be sent. */
export const Composer = forwardRef(function Composer(
  { row, actions }: { row: ConversationListItem; actions: ConversationActions },
  ref: Ref<EditorHandle>,
) {
  return (
    <div className="shrink-0 px-3 pb-3 md:px-4 md:pb-4">
      <div className="mx-auto w-full max-w-4xl">
        <Inside row={row} actions={actions} editor={ref} />
      </div>
    </div>
  )
})

function Inside({ row, actions, editor }: { row: ConversationListItem; actions: ConversationActions; editor: Ref<EditorHandle> }) {
  const { t } = useTranslation('composer')
  const { canSend, capabilities } = useThreadScreen()
  const { may } = useViewer()
  const window = useWindow(row.windowExpiresAt)
  if (!canSend) return <Blocked>{t('no_permission')}</Blocked>
  if (row.status === 'resolved') {
    const reopen = (
      <Button size="small" onClick={actions.reopen}>
        {t('reopen')}
      </Button>
    )
    return <Blocked action={may.reopen ? reopen : undefined}>{t('resolved')}</Blocked>
  }
  if (row.channel === null || row.channelAccountId === null || capabilities === null) return <Blocked>{t('no_channel')}</Blocked>
  const outlet = { channel: row.channel, channelAccountId: row.channelAccountId }
  // A line that never heard from the customer has no window yet: where the channel knows windows, that is a closed one.
  const isClosed = capabilities.replyWindowHours !== null && window.state !== 'open'
  if (isClosed) return <ClosedWindow outlet={outlet} hours={capabilities.replyWindowHours ?? 0} ref={editor} />
  return <Writer outlet={outlet} capabilities={capabilities} ref={editor} />
}
