import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node'
import { Link, type ShouldRevalidateFunctionArgs, useLoaderData, useSearchParams } from '@remix-run/react'
import { CircleSlash } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { pageTitle } from '#app/components/shell/page-title.ts'
import { ConversationScreen } from '#app/components/thread/conversation-screen.tsx'
import { Empty } from '#app/components/ui/empty.tsx'
import { requireAbility, requireScope } from '#app/http/demands.ts'
import { parseParams } from '#app/http/parse.ts'
import { unwrap } from '#app/http/respond.ts'
import { useConversation } from '#app/live/hooks.ts'
import { pageCursor } from '#app/live/page-cursor.server.ts'
import { getConversation } from '#modules/conversations/index.ts'
import { listMessages } from '#modules/messages/index.ts'
import { idOf } from '#platform/ids.ts'

export async function loader({ request, params, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  requireAbility(scope, 'conversations.view')
  const { conversationId } = parseParams(params, { conversationId: idOf('conversation') })
  const cursor = await pageCursor(scope, context)
  const [found, messages] = await Promise.all([getConversation(scope, { conversationId }), listMessages(scope, { conversationId })])
  const conversation = unwrap(found)
  // It was merged into another, where its story goes on.
  if (conversation.id !== conversationId) return redirect(`/inbox/${conversation.id}`)
  const page = unwrap(messages)
  const capabilities = conversation.channel && context.weft.capabilitiesOf(conversation.channel)
  return { conversationId, capabilities, live: { cursor, conversation, thread: { conversationId, page } } }
}

export const meta: MetaFunction<typeof loader> = ({ data, matches }) => {
  const name = data?.live.conversation.contact.name
  return [{ title: name ? `${name} · Weft` : pageTitle(matches, 'inbox') }]
}

/** Another conversation, or a reset of the stream; a change of the list beside it reads nothing here. */
export function shouldRevalidate({ currentUrl, nextUrl, defaultShouldRevalidate }: ShouldRevalidateFunctionArgs): boolean {
  if (currentUrl.pathname !== nextUrl.pathname) return true
  return currentUrl.search === nextUrl.search && defaultShouldRevalidate
}

export default function ConversationPage() {
  const { conversationId, capabilities } = useLoaderData<typeof loader>()
  const row = useConversation(conversationId)
  const [search] = useSearchParams()
  if (row === undefined) return <Gone />
  return <ConversationScreen key={conversationId} row={row} capabilities={capabilities} backTo={`/inbox?${search}`} />
}

export function ErrorBoundary() {
  return <Gone />
}

/** It left this person's reach, or never was: beside the list, which stays. */
function Gone() {
  const { t } = useTranslation('inbox')
  return (
    <Empty isPage icon={CircleSlash} title={t('gone')}>
      {t('gone_text')}
      <Link to="/inbox" className="mt-3 block font-medium text-accent-ink underline underline-offset-2">
        {t('back')}
      </Link>
    </Empty>
  )
}
