/** Brings a message into view and lets it light up, so that the eye finds it. */
export function scrollToMessage(messageId: string): void {
  const bubble = document.getElementById(messageId)
  if (bubble === null) return
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches
  bubble.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' })
  bubble.animate([{ background: 'color-mix(in oklab, var(--color-accent) 18%, transparent)' }, { background: 'transparent' }], {
    duration: 1_600,
  })
}
