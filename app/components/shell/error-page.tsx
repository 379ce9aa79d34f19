import { isRouteErrorResponse, useLocation, useRouteError, useRouteLoaderData } from '@remix-run/react'
import { CircleSlash, Lock, type LucideIcon, TriangleAlert, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { loader as rootLoader } from '#app/root.tsx'
import { Button } from '../ui/button.tsx'

type Which = 'not_found' | 'not_allowed' | 'no_workspace' | 'title'
const ICONS: Record<Which, LucideIcon> = { not_found: CircleSlash, not_allowed: Lock, no_workspace: Users, title: TriangleAlert }

/** A page that can't be shown says in one sentence why, and what to do. Bugs show a number to look them up in the log by. */
export function ErrorPage() {
  const { t } = useTranslation('shell')
  const which = kindOf(useRouteError())
  const page = useRouteLoaderData<typeof rootLoader>('root')
  // The number is that of the page's own request, so it is known only for a page the server could not render.
  const isFirst = useLocation().key === 'default'
  const Icon = ICONS[which]
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-3 p-6 text-center">
      <span className="flex size-14 items-center justify-center rounded-2xl bg-hover text-ink-faint">
        <Icon aria-hidden className="size-7" />
      </span>
      <h1 className="font-semibold text-xl tracking-tight">{t(`error.${which}`)}</h1>
      <p className="max-w-md text-balance text-ink-soft">{t(which === 'title' ? 'error.text' : `error.${which}_text`)}</p>
      {which === 'title' && isFirst && page && <code className="select-all rounded-md bg-hover px-2 py-1 text-xs">{page.requestId}</code>}
      <div className="mt-3 flex gap-2">
        <Button onClick={() => location.reload()}>{t('error.reload')}</Button>
        <Button kind="primary" onClick={() => location.assign('/inbox')}>
          {t('error.home')}
        </Button>
      </div>
    </main>
  )
}

function kindOf(error: unknown): Which {
  if (!isRouteErrorResponse(error)) return 'title'
  if (error.status === 404) return 'not_found'
  if (error.status !== 403) return 'title'
  return error.data?.detail?.reason === 'no_workspace' ? 'no_workspace' : 'not_allowed'
}
