import { Lock } from 'lucide-react'
import type { ReactNode } from 'react'

/** Stands where one would write, and says why one can't. */
export function Blocked({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="flex min-h-14 flex-wrap items-center justify-center gap-3 rounded-2xl border border-line bg-hover px-4 py-3 text-ink-soft">
      <Lock aria-hidden className="size-4 shrink-0" />
      <p>{children}</p>
      {action}
    </div>
  )
}
