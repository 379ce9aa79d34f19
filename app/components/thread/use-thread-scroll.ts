import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

const useBrowserLayoutEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect
/** This close to the end counts as being there. */
const NEAR_PX = 60

/**
 * Keeps the reader's place. The scroller lays its content out from below (`flex-col-reverse`), so it starts at the newest
 * message without a script, stays there while messages come in, and older messages push nothing. What is left to do: when the
 * reader is further up, new messages below must not move what they read.
 * @param lastKey changes when something was added at the end
 */
export function useThreadScroll(scroller: RefObject<HTMLElement>, lastKey: string | undefined) {
  const [isAtEnd, setAtEnd] = useState(true)
  const place = useRef({ height: 0, lastKey })
  const toEnd = useCallback(() => scroller.current?.scrollTo({ top: 0 }), [scroller])

  useBrowserLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const grown = element.scrollHeight - place.current.height
    // Counted from below, the same place is further up by what was added.
    if (place.current.lastKey !== lastKey && !isNearEnd(element) && grown > 0) element.scrollTop -= grown
    place.current = { height: element.scrollHeight, lastKey }
  })

  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const onScroll = () => {
      place.current.height = element.scrollHeight
      setAtEnd(isNearEnd(element))
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => element.removeEventListener('scroll', onScroll)
  }, [scroller])

  return { isAtEnd, toEnd }
}

const isNearEnd = (element: HTMLElement) => Math.abs(element.scrollTop) < NEAR_PX
