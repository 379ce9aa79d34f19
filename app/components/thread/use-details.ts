import { useState } from 'react'

/** From this width on the details have room beside the conversation; below they lie above it. */
const WIDE = '(min-width: 80rem)'

/** Whether the customer's details are shown: beside the thread by default where there is room, above it on request elsewhere. */
export function useDetails() {
  const [isBeside, setBeside] = useState(true)
  const [isAbove, setAbove] = useState(false)
  const toggle = () => (matchMedia(WIDE).matches ? setBeside((is) => !is) : setAbove((is) => !is))
  return { isBeside, isAbove, toggle }
}
