import { useMatches } from '@remix-run/react'
import { useEffect } from 'react'
import { useUnreadCount } from '#app/live/hooks.ts'
import { MOST_SHOWN } from './most-shown.ts'

/** Puts the number of waiting conversations before the page's title, for tabs in the background. */
export function TitleBadge() {
  const unread = useUnreadCount()
  const matches = useMatches()
  // biome-ignore lint/correctness/useExhaustiveDependencies: a navigation writes the title anew
  useEffect(() => {
    const bare = document.title.replace(/^\(\d+\+?\) /, '')
    document.title = unread > 0 ? `(${unread > MOST_SHOWN ? `${MOST_SHOWN}+` : unread}) ${bare}` : bare
  }, [unread, matches])
  return null
}
