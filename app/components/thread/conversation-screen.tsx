import { Dialog } from 'radix-ui'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Capabilities } from '#channels/connector.ts'
import type { ConversationListItem } from '#modules/conversations/types.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { Composer } from '../composer/composer.tsx'
import type { EditorHandle } from '../composer/editor.tsx'
import { DetailsPanel } from '../contact/details-panel.tsx'
import { contactName } from '../conversations/contact-name.ts'
import { useShortcuts } from '../shell/use-shortcuts.ts'
import { useViewer } from '../shell/viewer.ts'
import { ActionRefusal } from './action-refusal.tsx'
import { MessagesPane } from './messages-pane.tsx'
import { ThreadContext } from './thread-context.ts'
import { ThreadHeader } from './thread-header.tsx'
import { useConversationActions } from './use-conversation-actions.ts'
import { useDetails } from './use-details.ts'

/** One conversation: its messages, where one writes, and who the customer is. */
export function ConversationScreen(props: { row: ConversationListItem; capabilities: Capabilities | null; backTo: string }) {
  const { row, capabilities } = props
  const { t } = useTranslation(['inbox', 'thread'])
  const { may } = useViewer()
  const [replyTo, setReplyTo] = useState<MessageView | null>(null)
  const [isAssigning, setAssigning] = useState(false)
  const details = useDetails()
  const editor = useRef<EditorHandle>(null)
  const actions = useConversationActions(row.id)
  const name = contactName(row.contact, t('nameless'))
  const takeBack = useCallback((text: string) => editor.current?.insert(text) ?? false, [])
  const screen = useMemo(
    () => ({ conversationId: row.id, contactName: name, capabilities, canSend: may.send, replyTo, setReplyTo, takeBack }),
    [row.id, name, capabilities, may.send, replyTo, takeBack],
  )
  const heading = useRef<HTMLElement>(null)
  // Opened by keyboard: the focus goes along, so that the next Tab is in the conversation.
  useEffect(() => heading.current?.focus({ preventScroll: true }), [])
  useShortcuts({
    r: () => editor.current?.focus(),
    a: () => (may.assign ? setAssigning(true) : undefined),
    i: () => details.toggle(),
    e: () => {
      if (row.status === 'resolved' ? may.reopen : may.resolve) row.status === 'resolved' ? actions.reopen() : actions.resolve()
    },
  })
  return (
    <ThreadContext.Provider value={screen}>
      <div className="flex h-full">
        <article ref={heading} tabIndex={-1} aria-label={name} className="flex min-w-0 flex-1 flex-col outline-none">
          <ThreadHeader
            row={row}
            backTo={props.backTo}
            actions={actions}
            isAssigning={isAssigning}
            onAssigning={setAssigning}
            areDetailsShown={details.isBeside}
            onDetails={details.toggle}
          />
          <ActionRefusal actions={actions} />
          <MessagesPane />
          <Composer ref={editor} row={row} actions={actions} />
        </article>
        {details.isBeside && (
          <div className="hidden w-[296px] shrink-0 border-line border-s xl:block">
            <DetailsPanel row={row} onClose={details.toggle} />
          </div>
        )}
      </div>
      <Dialog.Root open={details.isAbove} onOpenChange={details.toggle}>
        <Dialog.Portal>
          <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40 motion-safe:animate-appear" />
          <Dialog.Content
            aria-describedby={undefined}
            className="fixed inset-y-0 end-0 z-40 w-80 max-w-[88vw] border-line border-s bg-surface shadow-pop outline-none motion-safe:animate-appear"
          >
            <Dialog.Title className="sr-only">{t('thread:details.title')}</Dialog.Title>
            <DetailsPanel row={row} onClose={details.toggle} />
          </Dialog.Content>
        </Dialog.Portal>
      </Dialog.Root>
    </ThreadContext.Provider>
  )
}
