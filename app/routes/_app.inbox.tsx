import type { LoaderFunctionArgs, MetaFunction } from '@remix-run/node'
import { Outlet, type ShouldRevalidateFunctionArgs, useLoaderData, useNavigate, useParams } from '@remix-run/react'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { z } from 'zod'
import { ConversationList, type ConversationListHandle } from '#app/components/conversations/conversation-list.tsx'
import { ListHeader } from '#app/components/conversations/list-header.tsx'
import { useCounts } from '#app/components/conversations/use-counts.ts'
import { pageTitle } from '#app/components/shell/page-title.ts'
import { useShortcuts } from '#app/components/shell/use-shortcuts.ts'
import { useViewer } from '#app/components/shell/viewer.ts'
import { cx } from '#app/components/ui/cx.ts'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseQuery } from '#app/http/parse.ts'
import { changeConversation } from '#app/live/change-conversation.ts'
import { useLive } from '#app/live/hooks.ts'
import { pageCursor } from '#app/live/page-cursor.server.ts'
import { countConversations, listConversations } from '#modules/conversations/index.ts'
import { CONVERSATION_VIEWS, LIST_STATUSES } from '#modules/conversations/types.ts'
import type { Id } from '#platform/ids.ts'

/** An address somebody mistyped shows the whole inbox rather than an error. */
const Query = z.object({ view: z.enum(CONVERSATION_VIEWS).catch('all'), status: z.enum(LIST_STATUSES).catch('open') })

export async function loader({ request, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  const query = parseQuery(request, Query)
  const cursor = await pageCursor(scope, context)
  const [page, counts] = await Promise.all([listConversations(scope, query), countConversations(scope)])
  return { query, counts, live: { cursor, list: { query, page } } }
}

export const meta: MetaFunction = ({ matches }) => [{ title: pageTitle(matches, 'inbox') }]

/** Another list, or a reset of the stream; never because a conversation was opened or something happened in one. */
export function shouldRevalidate({ currentUrl, nextUrl, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs): boolean {
  const isSamePage = currentUrl.pathname === nextUrl.pathname && currentUrl.search === nextUrl.search
  return isSamePage ? defaultShouldRevalidate : listOf(currentUrl) !== listOf(nextUrl)
}

const listOf = ({ searchParams }: URL) => `${searchParams.get('view') ?? 'all'}:${searchParams.get('status') ?? 'open'}`

/** The list, and beside it the conversation that is open; on a phone one of the two. */
export default function Inbox() {
  const { query, counts } = useLoaderData<typeof loader>()
  const openId = (useParams().conversationId ?? null) as Id<'conversation'> | null
  const { t } = useTranslation('inbox')
  const { store } = useLive()
  const { may } = useViewer()
  const navigate = useNavigate()
  const list = useRef<ConversationListHandle>(null)
  const search = `?${new URLSearchParams(query)}`
  useShortcuts({
    j: () => list.current?.move(1),
    k: () => list.current?.move(-1),
    ArrowDown: (event) => (isInList(event) ? list.current?.move(1) : false),
    ArrowUp: (event) => (isInList(event) ? list.current?.move(-1) : false),
    e: () => {
      const focused = focusedRow()
      if (openId !== null || focused === null || !may.resolve || query.status === 'resolved') return false
      list.current?.move(1)
      void changeConversation(store, focused, { verb: 'resolve' })
    },
    Escape: () => {
      if (openId === null) return false
      list.current?.focus()
      navigate({ pathname: '/inbox', search })
    },
  })
  return (
    <>
      <section
        aria-label={t('title')}
        className={cx(
          'min-h-0 w-full flex-col border-line bg-surface md:flex md:w-[300px] md:shrink-0 md:border-e xl:w-[352px]',
          openId === null ? 'flex' : 'hidden',
        )}
      >
        <ListHeader query={query} counts={useCounts(counts)} isPage={openId === null} />
        <ConversationList key={search} query={query} search={search} openId={openId} handle={list} />
      </section>
      <main
        id="conversation"
        tabIndex={-1}
        className={cx('min-h-0 min-w-0 flex-1 bg-surface outline-none md:block', openId === null && 'hidden')}
      >
        <Outlet />
      </main>
    </>
  )
}

/** The conversation whose row the keyboard is on. */
const focusedRow = () =>
  (document.activeElement?.closest<HTMLElement>('[data-conversation]')?.dataset.conversation ?? null) as Id<'conversation'> | null

const isInList = (event: KeyboardEvent) => event.target instanceof HTMLElement && event.target.closest('[data-conversation]') !== null
