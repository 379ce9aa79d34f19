import { useFormat } from '#app/live/hooks.ts'

/** A moment in the reader's words; resting on it shows it in full. Browser and server may know slightly different words. */
export function Time({ iso, children, className }: { iso: string; children: string; className?: string }) {
  const format = useFormat()
  return (
    <time dateTime={iso} title={format.moment(iso)} className={className} suppressHydrationWarning>
      {children}
    </time>
  )
}
