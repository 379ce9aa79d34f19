import { useVirtualizer } from '@tanstack/react-virtual'
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '#app/live/hooks.ts'
import type { ListQuery } from '#app/live/types.ts'
import type { Id } from '#platform/ids.ts'
import { Button } from '../ui/button.tsx'
import { Spinner } from '../ui/spinner.tsx'
import { ConversationRow, ROW_HEIGHT } from './conversation-row.tsx'
import { ListEmpty } from './list-empty.tsx'
import { useMore } from './use-more.ts'

export interface ConversationListHandle {
  /** Moves the keyboard's place by so many rows, from the focused row, else from the open one. */
  move(by: 1 | -1): void
  focus(): void
}

/** How many rows before the end the next page is asked for. */
const AHEAD = 10

/** Rows of one list, newest first; only those in sight exist. Pages follow as one scrolls, changes come by themselves. */
export function ConversationList(props: {
  query: ListQuery
  search: string
  openId: Id<'conversation'> | null
  handle: Ref<ConversationListHandle>
}) {
  const { query, search, openId } = props
  const { t } = useTranslation(['inbox', 'shell'])
  const { rows, nextCursor } = useList(query)
  const { state, more } = useMore(query, nextCursor)
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
    // What the server renders; the browser measures at once.
    initialRect: { width: 340, height: 900 },
  })
  const shown = virtualizer.getVirtualItems()
  const last = shown.at(-1)?.index ?? 0
  useEffect(() => {
    if (last >= rows.length - AHEAD && state === 'idle') more()
  }, [last, rows.length, state, more])

  const focusRow = (index: number) => {
    const row = rows[Math.max(0, Math.min(rows.length - 1, index))]
    if (row === undefined) return
    virtualizer.scrollToIndex(rows.indexOf(row))
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-conversation="${row.id}"]`)?.focus({ preventScroll: true }),
    )
  }
  useImperativeHandle(props.handle, () => ({
    move: (by) => {
      const focused = document.activeElement?.closest<HTMLElement>('[data-conversation]')?.dataset.conversation
      const from = rows.findIndex((row) => row.id === (focused ?? openId))
      focusRow(from < 0 ? 0 : from + by)
    },
    focus: () =>
      focusRow(
        Math.max(
          0,
          rows.findIndex((row) => row.id === openId),
        ),
      ),
  }))

  if (rows.length === 0 && nextCursor === null) return <ListEmpty query={query} />
  return (
    <div
      ref={scroller}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain [scrollbar-gutter:stable]"
      data-testid="conversation-list"
    >
      <ul aria-label={t('list')} className="relative mx-2 my-1" style={{ height: virtualizer.getTotalSize() }}>
        {shown.map((item) => {
          const row = rows[item.index]
          return (
            row && (
              <li
                key={item.key}
                aria-posinset={item.index + 1}
                aria-setsize={nextCursor === null ? rows.length : -1}
                className="absolute inset-x-0 top-0"
                style={{ height: item.size, transform: `translateY(${item.start}px)` }}
              >
                <ConversationRow row={row} search={search} isOpen={row.id === openId} />
              </li>
            )
          )
        })}
      </ul>
      {state === 'loading' && (
        <p role="status" className="flex justify-center p-4 text-ink-faint">
          <Spinner />
          <span className="sr-only">{t('loading_more')}</span>
        </p>
      )}
      {state === 'failed' && (
        <p role="alert" className="flex flex-col items-center gap-2 p-4 text-ink-soft">
          {t('more_failed')}
          <Button size="small" onClick={more}>
            {t('shell:retry')}
          </Button>
        </p>
      )}
    </div>
  )
}
