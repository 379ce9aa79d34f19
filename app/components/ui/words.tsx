import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/**
 * Somebody's words on a line of ours: they run in their own direction, so that what does not fit is cut at their end, yet begin
 * where our lines begin.
 */
export function Words({ className, title, children }: { className?: string; title?: string; children: ReactNode }) {
  return (
    <span dir="auto" title={title} className={cx('text-left ui-rtl:text-right', className)}>
      {children}
    </span>
  )
}
