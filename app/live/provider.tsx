import { useMatches, useRevalidator } from '@remix-run/react'
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Id } from '#platform/ids.ts'
import { LiveContext } from './hooks.ts'
import { connect, createLive } from './live.ts'
import type { LiveSeed } from './types.ts'

const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect

/**
 * Gives the screens below one store, fed by whatever the matched routes' loaders read (`live` in their data) and by the event
 * stream. Seeding happens while rendering, so that the server's HTML and the first client render show the same rows.
 */
export function LiveProvider({ memberId, children }: { memberId: Id<'member'>; children: ReactNode }) {
  const [live] = useState(() => createLive(memberId))
  const seeds = useSeeds()
  const seeded = useRef(new WeakSet<LiveSeed>())
  for (const seed of seeds) {
    if (seeded.current.has(seed)) continue
    seeded.current.add(seed)
    live.store.seed(seed)
  }
  const newest = seeds.at(-1)
  useBrowserLayoutEffect(() => live.store.announce(), [live, newest])

  const { revalidate, state } = useRevalidator()
  const reset = useRef<'none' | 'asked' | 'reading'>('none')
  const cursor = useRef(seeds[0]?.cursor ?? null)
  const readAgain = useRef(() => {})
  readAgain.current = () => {
    reset.current = 'asked'
    revalidate()
  }
  useEffect(() => connect(live, { cursor: cursor.current, onReset: () => readAgain.current() }), [live])
  useEffect(() => {
    if (state === 'loading' && reset.current === 'asked') reset.current = 'reading'
    if (state !== 'idle' || reset.current !== 'reading') return
    reset.current = 'none'
    live.store.settle()
  }, [live, state])
  useEffect(() => {
    // Brought back from the back-forward cache: what happened meanwhile was heard by nobody.
    const wake = (event: PageTransitionEvent) => event.persisted && readAgain.current()
    // A message that is not on the server yet would go with the page: the browser asks whether that is meant.
    const hold = (event: BeforeUnloadEvent) => live.store.hasPending && event.preventDefault()
    window.addEventListener('pageshow', wake)
    window.addEventListener('beforeunload', hold)
    return () => {
      window.removeEventListener('pageshow', wake)
      window.removeEventListener('beforeunload', hold)
    }
  }, [live])

  return <LiveContext.Provider value={live}>{children}</LiveContext.Provider>
}

function useSeeds(): LiveSeed[] {
  return useMatches().flatMap(({ data }) => {
    const live = typeof data === 'object' && data !== null && 'live' in data ? data.live : null
    return live ? [live as LiveSeed] : []
  })
}
