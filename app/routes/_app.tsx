import type { LoaderFunctionArgs } from '@remix-run/node'
import { Outlet, useLoaderData } from '@remix-run/react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Announcer } from '#app/components/shell/announcer.tsx'
import { ConnectionBanner } from '#app/components/shell/connection-banner.tsx'
import { NavRail } from '#app/components/shell/nav-rail.tsx'
import { ShortcutsSheet } from '#app/components/shell/shortcuts-sheet.tsx'
import { TitleBadge } from '#app/components/shell/title-badge.tsx'
import { useShortcuts } from '#app/components/shell/use-shortcuts.ts'
import { anyMember, requireScope } from '#app/http/demands.ts'
import { pageCursor } from '#app/live/page-cursor.server.ts'
import { LiveProvider } from '#app/live/provider.tsx'
import { viewerOf } from '#app/server/viewer.ts'

/** Who is signed in, and from where in the log their screen goes on. */
export async function loader({ request, context }: LoaderFunctionArgs) {
  const scope = await requireScope(request, context)
  anyMember(scope)
  const live = { cursor: await pageCursor(scope, context) }
  return { viewer: await viewerOf(scope, context.weft), live }
}

/** Read once per page; what changes about a person while it is open ends their stream, which says so. */
export const shouldRevalidate = () => false

/** The frame around every signed-in page: navigation, what is live, what is announced. */
export default function Shell() {
  const { viewer } = useLoaderData<typeof loader>()
  const { t } = useTranslation('shell')
  const [isHelpOpen, setHelpOpen] = useState(false)
  useShortcuts({ '?': () => setHelpOpen(true) })
  return (
    <LiveProvider memberId={viewer.memberId}>
      <a
        href="#conversation"
        className="-translate-y-16 absolute start-3 top-2 z-50 rounded-lg bg-accent px-4 py-2 font-medium text-on-accent focus:translate-y-0"
      >
        {t('nav.skip')}
      </a>
      <div className="flex h-dvh flex-col">
        <ConnectionBanner />
        <div className="flex min-h-0 flex-1">
          <NavRail onHelp={() => setHelpOpen(true)} />
          <Outlet />
        </div>
      </div>
      <ShortcutsSheet open={isHelpOpen} onOpenChange={setHelpOpen} />
      <Announcer />
      <TitleBadge />
    </LiveProvider>
  )
}
