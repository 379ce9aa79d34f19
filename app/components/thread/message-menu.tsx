import { Copy, MoreHorizontal, Reply } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useTranslation } from 'react-i18next'
import { ask } from '#app/live/ask.ts'
import type { MessageView } from '#modules/messages/types.ts'
import { newId } from '#platform/ids.ts'
import { Menu, MenuItem, MenuLine } from '../ui/menu.tsx'
import { useThreadScreen } from './thread-context.ts'

const QUICK = ['👍', '❤️', '😂', '😮', '😢', '🙏'] as const

/** What can be done with one message: answer it, react to it, copy it. */
export function MessageMenu({ message }: { message: MessageView }) {
  const { t } = useTranslation('thread')
  const { canSend, capabilities, conversationId, setReplyTo } = useThreadScreen()
  const mine = message.reactions.find((reaction) => reaction.by !== 'contact')?.emoji
  const mayReact = canSend && capabilities?.reactions === true
  const react = (emoji: string | null) =>
    ask(`/conversations/${conversationId}/messages`, {
      method: 'POST',
      body: {
        messageId: newId('message'),
        lastSequenceSeen: message.sequence,
        content: { kind: 'reaction', targetMessageId: message.id, emoji },
      },
    })
  return (
    <Menu
      align={message.direction === 'outbound' ? 'end' : 'start'}
      trigger={
        <button
          type="button"
          aria-label={t('actions')}
          className="flex size-8 items-center justify-center rounded-full text-ink-faint opacity-0 transition-opacity hover:bg-hover hover:text-ink focus-visible:opacity-100 group-hover/message:opacity-100 aria-expanded:opacity-100 pointer-coarse:opacity-100"
        >
          <MoreHorizontal aria-hidden className="size-4" />
        </button>
      }
    >
      {mayReact && (
        <>
          <DropdownMenu.Group className="flex p-1">
            {QUICK.map((emoji) => (
              <DropdownMenu.Item
                key={emoji}
                aria-label={emoji === mine ? t('remove_reaction', { emoji }) : `${t('react')} ${emoji}`}
                onSelect={() => void react(emoji === mine ? null : emoji)}
                className="flex size-9 cursor-pointer items-center justify-center rounded-full text-xl outline-none data-[highlighted]:bg-hover aria-checked:bg-accent-soft"
              >
                {emoji}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Group>
          <MenuLine />
        </>
      )}
      {canSend && capabilities?.replies && (
        <MenuItem onSelect={() => setReplyTo(message)}>
          <Reply aria-hidden className="mirror" />
          {t('reply')}
        </MenuItem>
      )}
      <MenuItem disabled={message.body === ''} onSelect={() => void navigator.clipboard?.writeText(message.body)}>
        <Copy aria-hidden />
        {t('copy')}
      </MenuItem>
    </Menu>
  )
}
