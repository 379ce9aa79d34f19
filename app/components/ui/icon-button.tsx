import { type ButtonHTMLAttributes, forwardRef, type ReactNode } from 'react'
import { cx } from './cx.ts'
import { Tip } from './tip.tsx'

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Read out, and shown when the pointer rests on it. */
  label: string
  /** The key that does the same. */
  shortcut?: string
  side?: 'top' | 'bottom' | 'right' | 'left'
  /** Off inside dialogs: Escape would close the tip first and the dialog only at the second press. */
  hasTip?: boolean
  children: ReactNode
}

/** A square button with an icon alone; 36 px, on touch screens at least 40. */
export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
  { label, shortcut, side, hasTip = true, className, children, ...rest },
  ref,
) {
  const button = (
    <button
      ref={ref}
      type="button"
      aria-label={label}
      aria-keyshortcuts={shortcut}
      {...rest}
      className={cx(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-lg text-ink-soft transition-colors hover:enabled:bg-hover hover:enabled:text-ink disabled:opacity-45 aria-expanded:bg-hover aria-expanded:text-ink pointer-coarse:size-10 [&_svg]:size-[1.125rem]',
        className,
      )}
    >
      {children}
    </button>
  )
  return hasTip ? (
    <Tip label={label} shortcut={shortcut} side={side}>
      {button}
    </Tip>
  ) : (
    button
  )
})
