import type { loader } from '#app/root.tsx'

type Titles = Awaited<ReturnType<typeof loader>>['titles']

/** A page's title in the reader's language, for its `meta`. */
export function pageTitle(matches: readonly { id: string; data: unknown }[], page: keyof Titles): string {
  const root = matches.find(({ id }) => id === 'root')?.data as { titles: Titles } | undefined
  return root ? `${root.titles[page]} · Weft` : 'Weft'
}
