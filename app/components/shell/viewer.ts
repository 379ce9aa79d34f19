import { useRouteLoaderData } from '@remix-run/react'
import type { loader as rootLoader } from '#app/root.tsx'
import type { loader as shellLoader } from '#app/routes/_app.tsx'

/** What the page knows of everybody: language, theme, time. */
export function usePage() {
  const page = useRouteLoaderData<typeof rootLoader>('root')
  if (page === undefined) throw new Error('the root loader has not run')
  return page
}

/** Who looks at the screen and what they may do; only below the signed-in layout. */
export function useViewer() {
  const shell = useRouteLoaderData<typeof shellLoader>('routes/_app')
  if (shell === undefined) throw new Error('there is no viewer outside the signed-in pages')
  return shell.viewer
}
