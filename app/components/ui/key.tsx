import type { ReactNode } from 'react'
import { cx } from './cx.ts'

/** A key of the keyboard. */
export function Key({ className, children }: { className?: string; children: ReactNode }) {
  return (
    <kbd
      className={cx(
        'inline-flex h-5 min-w-5 items-center justify-center rounded border border-line px-1 font-sans text-[0.6875rem] text-ink-soft',
        className,
      )}
    >
      {children}
    </kbd>
  )
}
