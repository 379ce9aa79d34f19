import { ArrowDown, MessagesSquare } from 'lucide-react'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConversation, useFormat, useThread } from '#app/live/hooks.ts'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { Bubble } from './bubble.tsx'
import { DayBreak, UnreadBreak } from './day-break.tsx'
import { layOut, type ThreadItem } from './layout.ts'
import { SystemLine } from './system-line.tsx'
import { useThreadScreen } from './thread-context.ts'
import { useOlder } from './use-older.ts'
import { useReading } from './use-reading.ts'
import { useThreadScroll } from './use-thread-scroll.ts'

/** The conversation's messages, newest at the bottom; older ones come as one scrolls up. */
export function MessagesPane() {
  const { t } = useTranslation('thread')
  const { conversationId, contactName } = useThreadScreen()
  const format = useFormat()
  const thread = useThread(conversationId)
  const row = useConversation(conversationId)
  const messages = thread?.messages ?? []
  const pending = thread?.pending ?? []
  // The line above what was unread stands where it stood when the thread was opened.
  const [unreadFrom] = useState(() => (row && row.unreadCount > 0 ? firstUnread(messages, row.unreadCount) : null))
  const days = useMemo(() => layOut(messages, pending, format.dayKey, unreadFrom), [messages, pending, format, unreadFrom])
  const scroller = useRef<HTMLDivElement>(null)
  const top = useRef<HTMLDivElement>(null)
  const lastKey = days.at(-1)?.items.at(-1)?.key
  const { isAtEnd, toEnd } = useThreadScroll(scroller, lastKey)
  const older = useOlder(conversationId, thread?.olderCursor ?? null, top)
  useReading(conversationId, messages, isAtEnd)
  const unseen = useUnseen(messages.at(-1)?.sequence ?? 0, isAtEnd)
  const lastPending = pending.at(-1)?.view.id
  useEffect(() => {
    if (lastPending !== undefined) toEnd()
  }, [lastPending, toEnd])

  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label={t('messages_with', { name: contactName })}
        className="flex h-full flex-col-reverse overflow-y-auto overscroll-contain px-4 outline-offset-[-2px] [overflow-anchor:none] md:px-6"
      >
        <div className="mx-auto w-full max-w-4xl py-4">
          <div ref={top}>
            {thread?.olderCursor ? <Older state={older.state} load={older.load} /> : messages.length > 0 && <Beginning />}
          </div>
          {days.map((day) => (
            <section key={day.key}>
              <DayBreak iso={day.iso} />
              {day.items.map((item) => (
                <Item key={item.key} item={item} />
              ))}
            </section>
          ))}
          {days.length === 0 && <Empty icon={MessagesSquare} title={t('empty')} />}
        </div>
      </section>
      {!isAtEnd && (
        <Button
          onClick={toEnd}
          aria-label={unseen > 0 ? t('jump', { count: unseen }) : t('jump_end')}
          className="-translate-x-1/2 absolute bottom-3 left-1/2 h-9 rounded-full shadow-pop motion-safe:animate-rise"
        >
          <ArrowDown aria-hidden className="size-4" />
          {unseen > 0 && t('jump', { count: unseen })}
        </Button>
      )}
    </div>
  )
}

function Item({ item }: { item: ThreadItem }) {
  if (item.kind === 'unread') return <UnreadBreak />
  if (item.message.kind === 'system') return <SystemLine message={item.message} />
  return <Bubble message={item.message} pending={item.pending} isGroupStart={item.isGroupStart} isGroupEnd={item.isGroupEnd} />
}

function Older({ state, load }: { state: 'idle' | 'loading' | 'failed'; load(): void }) {
  const { t } = useTranslation('thread')
  return (
    <div className="flex min-h-12 flex-col items-center justify-center gap-2 text-ink-soft">
      {state === 'failed' && <p role="alert">{t('older_failed')}</p>}
      {state === 'loading' ? (
        <p role="status">
          <Spinner />
          <span className="sr-only">{t('loading_older')}</span>
        </p>
      ) : (
        <Button kind="quiet" size="small" onClick={load}>
          {t('older')}
        </Button>
      )}
    </div>
  )
}

function Beginning() {
  const { t } = useTranslation('thread')
  return <p className="py-2 text-center text-ink-faint text-xs">{t('beginning')}</p>
}

/** The sequence of the first unread message, counted from the end over what the customer wrote. */
function firstUnread(messages: readonly { direction: string; sequence: number }[], unreadCount: number): number | null {
  const inbound = messages.filter((message) => message.direction === 'inbound')
  return inbound.at(-Math.min(unreadCount, inbound.length))?.sequence ?? null
}

/** How many messages came while the reader was further up. */
function useUnseen(lastSequence: number, isAtEnd: boolean): number {
  const [seen, setSeen] = useState(lastSequence)
  useEffect(() => {
    if (isAtEnd) setSeen(lastSequence)
  }, [isAtEnd, lastSequence])
  return Math.max(0, lastSequence - seen)
}
